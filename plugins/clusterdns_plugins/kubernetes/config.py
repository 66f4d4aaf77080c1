"""The plugin's settings, and reading them from the Corefile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.selector import LabelSelector
from clusterdns.corefile import (
    Arguments,
    CorefileError,
    CorefileWarning,
    Directive,
    Entry,
    Option,
    Options,
    Position,
    once,
)
from clusterdns.dns.name import Name
from clusterdns_plugins.kubernetes import option_readers as read
from clusterdns_plugins.kubernetes.option_readers import SnapshotFile
from clusterdns_plugins.kubernetes.pods import PodMode
from clusterdns_plugins.kubernetes.request import first_forward_zone

DEFAULT_TTL: Final = 5
DEFAULT_AUDIT: Final[float | None] = 1800.0
DEFAULT_STARTUP: Final = 5.0
MOST_ZONE_OCTETS: Final = 244
"""So that `hostmaster` and `ns.dns` still fit in front of a zone (RFC 1035 section 2.3.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one directive. Empty `zones` are those of the server block.

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


def parse(directive: Directive) -> Settings:
    """Read the directive; text only.

    Raises:
        CorefileError, CorefileErrors: as CoreDNS would refuse it, each at its word.
    """
    entry = once(directive)
    zones = read.zones(Arguments(entry))
    if entry.args:
        check_forward_zone(entry.position, zones)
    with Options(entry) as options:
        settings = _settings(entry, zones, options)
    if zones:
        check_zones(settings, zones)
    _check_combinations(entry, settings)
    return settings


def _settings(entry: Entry, zones: tuple[Name, ...], options: Options) -> Settings:
    return Settings(
        position=entry.position,
        zones=zones,
        ttl=options.one("ttl", read.ttl, default=DEFAULT_TTL),
        pods=options.one("pods", read.pod_mode, default=PodMode.DISABLED),
        namespaces=frozenset(chain.from_iterable(options.every("namespaces", read.namespaces))),
        labels=options.one("labels", read.selector, default=None),
        namespace_labels=options.one("namespace_labels", read.selector, default=None),
        endpoint_pod_names=options.flag("endpoint_pod_names"),
        endpoints=not options.flag("noendpoints"),
        fallthrough=options.one("fallthrough", read.fallthrough, default=()),
        ignore_empty_service=any(options.every("ignore", read.ignores_empty_service)),
        multicluster=options.one("multicluster", read.zones, default=()),
        zonal=options.flag("zonal"),
        manifests=tuple(chain.from_iterable(options.every("manifests", read.paths))),
        api=_api_settings(options),
        startup_seconds=options.one("startup_timeout", read.startup_timeout, default=DEFAULT_STARTUP),
        audit=options.one("audit", read.audit, default=DEFAULT_AUDIT),
        snapshot=options.one("snapshot", read.snapshot, default=None),
        extended_errors=options.one("extended_errors", Arguments.switch, default=True),
        ready_stale=options.one("ready_stale", read.stale_after, default=None),
        headless_only=options.one("endpoints", read.headless, default=False),
        doubts=read.doubts(entry),
    )


def _api_settings(options: Options) -> ApiSettings:
    return ApiSettings(
        kubeconfig=options.one("kubeconfig", read.kubeconfig, default=None),
        endpoints=options.one("endpoint", read.api_server, default=()),
        tls=options.one("tls", read.tls, default=None),
        qps=options.one("apiserver_qps", read.rate, default=0.0),
        burst=options.one("apiserver_burst", read.whole_number, default=0),
        max_inflight=options.one("apiserver_max_inflight", read.whole_number, default=0),
    )


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
