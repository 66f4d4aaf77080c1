"""The plugin's settings, and reading them from the Corefile: a table of options and their readers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.selector import LabelSelector
from clusterdns.corefile import (
    Arguments,
    CorefileError,
    CorefileWarning,
    Directive,
    Entry,
    Option,
    Position,
    once,
    read_options,
)
from clusterdns.dns.name import Name
from clusterdns_plugins.kubernetes import option_readers as read
from clusterdns_plugins.kubernetes.option_readers import SnapshotFile
from clusterdns_plugins.kubernetes.pods import PodMode
from clusterdns_plugins.kubernetes.zones import first_forward_zone

DEFAULT_TTL: Final = 5
DEFAULT_AUDIT: Final = 1800.0
DEFAULT_STARTUP: Final = 5.0
MOST_ZONE_OCTETS: Final = 244
"""So that `hostmaster` and `ns.dns` still fit in front of a zone (RFC 1035 section 2.3.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the Corefile says. Empty `zones` are those of the server block.

    namespaces: those that are shown, all if empty; labels, namespace_labels: None selects everything.
    fallthrough: zones in which missing names are left to the next plugin.
    manifests: files, folders and globs, resolved as far as the Corefile's folder is known; the API server is
    not asked then. api: which API server, the one of our Pod if nothing is said. startup_seconds: after how
    long a start is spoken of.
    audit: seconds from one comparison with the API server to the next, about; None for none.
    ready_stale: seconds without news of the API server after which readiness ends; None for never.
    headless_only: endpoints of other Services are not asked for.
    doubts: words that were left out because they are no zones.
    """

    position: Position
    zones: tuple[Name, ...] = ()
    ttl: int = DEFAULT_TTL
    pods: PodMode = PodMode.DISABLED
    namespaces: frozenset[str] = frozenset()
    labels: LabelSelector | None = None
    namespace_labels: LabelSelector | None = None
    endpoint_pod_names: bool = False
    endpoints: bool = True
    fallthrough: tuple[Name, ...] = ()
    ignore_empty_service: bool = False
    multicluster: tuple[Name, ...] = ()
    zonal: bool = False
    manifests: tuple[str, ...] = ()
    api: ApiSettings = field(default_factory=ApiSettings)
    startup_seconds: float = DEFAULT_STARTUP
    audit: float | None = DEFAULT_AUDIT
    snapshot: SnapshotFile | None = None
    extended_errors: bool = True
    ready_stale: float | None = None
    headless_only: bool = False
    doubts: tuple[CorefileWarning, ...] = field(default=(), compare=False)


class Reader(NamedTuple):
    """How an option is read, and which setting it gives; a repeated one counts last, or adds up.

    An option without a setting is checked and then has no effect. With `is_none` None is a value too, which
    otherwise stands for an option that says nothing.
    """

    read: Callable[[Arguments], Any]
    setting: str = ""
    adds_up: bool = False
    is_none: bool = False


OPTIONS: Final[Mapping[str, Reader]] = {
    "apiserver_burst": Reader(read.whole_number, "burst"),
    "apiserver_max_inflight": Reader(read.whole_number, "max_inflight"),
    "apiserver_qps": Reader(read.rate, "qps"),
    "audit": Reader(read.audit, "audit", is_none=True),
    "endpoint": Reader(read.api_server, "endpoints_of_api"),
    "endpoint_pod_names": Reader(read.present, "endpoint_pod_names"),
    "endpoints": Reader(read.headless, "headless_only"),
    "extended_errors": Reader(read.switch, "extended_errors"),
    "fallthrough": Reader(read.fallthrough, "fallthrough"),
    "ignore": Reader(read.ignored, "ignore_empty_service"),
    "kubeconfig": Reader(read.kubeconfig, "kubeconfig"),
    "labels": Reader(read.selector, "labels"),
    "manifests": Reader(read.paths, "manifests", adds_up=True),
    "multicluster": Reader(read.zones, "multicluster"),
    "namespace_labels": Reader(read.selector, "namespace_labels"),
    "namespaces": Reader(read.namespaces, "namespaces", adds_up=True),
    "noendpoints": Reader(read.absent, "endpoints"),
    "pods": Reader(read.pod_mode, "pods"),
    "ready_stale": Reader(read.stale_after, "ready_stale"),
    "snapshot": Reader(read.snapshot, "snapshot"),
    "startup_timeout": Reader(read.startup_timeout, "startup_seconds"),
    "tls": Reader(read.tls, "tls"),
    "ttl": Reader(read.ttl, "ttl"),
    "zonal": Reader(read.present, "zonal"),
}


OF_API: Final[Mapping[str, str]] = {
    "burst": "burst",
    "endpoints_of_api": "endpoints",
    "kubeconfig": "kubeconfig",
    "max_inflight": "max_inflight",
    "qps": "qps",
    "tls": "tls",
}
"""Settings that are told to the client of the API server, under their name there."""


def parse(directive: Directive) -> Settings:
    """Read the directive; text only.

    Raises:
        CorefileError, CorefileErrors: as CoreDNS would refuse it, each at its word.
    """
    entry = once(directive)
    zones = read.zones(Arguments(entry))
    if entry.args:
        check_forward_zone(entry.position, zones)
    values = read_options(entry, {name: reader.read for name, reader in OPTIONS.items()})
    settings = Settings(position=entry.position, zones=zones, doubts=read.doubts(entry), **_combined(values))
    if zones:
        check_zones(settings, zones)
    _check_combinations(entry, settings)
    return settings


def check_zones(settings: Settings, zones: tuple[Name, ...]) -> Name:
    """The zone that PTR records point into, once it is known that `zones` will do.

    Raises:
        CorefileError: no forward zone, one that is too long, or a multicluster zone that is not among them.
    """
    primary = check_forward_zone(settings.position, zones)
    for zone in zones:
        if len(zone.wire) > MOST_ZONE_OCTETS:
            raise CorefileError(
                settings.position, f"zone {zone} is too long: expected at most {MOST_ZONE_OCTETS} octets"
            )
    for zone in settings.multicluster:
        if zone not in zones:
            served = ", ".join(map(str, zones))
            raise CorefileError(
                settings.position, f'"multicluster" zone {zone} is not among the zones served: {served}'
            )
    return primary


def check_forward_zone(position: Position, zones: tuple[Name, ...]) -> Name:
    """The first forward zone. Raises CorefileError if there is none."""
    primary = first_forward_zone(zones)
    if primary is None:
        raise CorefileError(position, '"kubernetes" needs at least one zone that is not a reverse zone')
    return primary


def _combined(values: tuple[tuple[Option, Any], ...]) -> dict[str, Any]:
    combined: dict[str, Any] = {}
    for option, value in values:
        _, setting, adds_up, is_none = OPTIONS[option.name.text]
        if setting and (value is not None or is_none):
            combined[setting] = combined[setting] + value if adds_up and setting in combined else value
    if "namespaces" in combined:
        combined["namespaces"] = frozenset(combined["namespaces"])
    api = {field: combined.pop(setting) for setting, field in OF_API.items() if setting in combined}
    return {**combined, "api": ApiSettings(**api)}


def _check_combinations(entry: Entry, settings: Settings) -> None:
    given = {option.name.text: option for option in entry.options}
    if settings.namespaces and settings.namespace_labels is not None:
        raise CorefileError(
            given["namespace_labels"].position, '"namespaces" and "namespace_labels" exclude each other'
        )
    if settings.zonal and not settings.endpoints:
        raise CorefileError(given["zonal"].position, '"zonal" needs endpoints; remove "noendpoints"')
    _check_headless(given, settings)
    for name in ("kubeconfig", "endpoint", "tls"):
        if name in given and settings.manifests:
            raise CorefileError(given[name].position, f'"{name}" and "manifests" exclude each other')


def _check_headless(given: Mapping[str, Option], settings: Settings) -> None:
    if not settings.headless_only:
        return
    position = given["endpoints"].position
    if not settings.endpoints:
        raise CorefileError(position, '"endpoints" and "noendpoints" exclude each other')
    if settings.ignore_empty_service:
        raise CorefileError(
            position,
            '"ignore empty_service" needs the endpoints of all Services; remove "endpoints headless"',
        )
