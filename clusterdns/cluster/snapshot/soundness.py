"""What of a snapshot the table would stumble over, though each checksum fits.

Types were checked by who decoded it. Here is what types do not tell: names that are none, addresses of
another length, ports that are none, endpoints that are not packed as ours are, an object that is there twice.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Key,
    Namespace,
    Pod,
    Port,
    Service,
    ServiceImport,
    key_of,
)
from clusterdns.cluster.snapshot.errors import damaged
from clusterdns.cluster.snapshot.packed import is_packed

MOST_TEXT: Final = 4096
"""Characters of a text that is no name: an external host name, a version."""

MOST_PORT: Final = 65535

_NAME: Final = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?")
"""What Kubernetes names objects by (RFC 1123 subdomain)."""

_LABEL_VALUE: Final = re.compile(r"[-A-Za-z0-9_.]{0,253}")
_ADDRESS_OCTETS: Final = frozenset({4, 16})


def check_objects(objects: Iterable[ClusterObject], breathe: Callable[[], None]) -> None:
    """Look at each; `breathe` is called in between.

    Raises:
        SnapshotError: damaged, with the first that is not as it was written.
    """
    seen: set[Key] = set()
    for item in objects:
        key = key_of(item)
        if key in seen:
            raise damaged(f"{_shown(item)} is there twice")
        seen.add(key)
        if not (_is_named(item) and _is_sound(item, breathe)):
            raise damaged(f"{_shown(item)} is not as it was written")
        breathe()


def _is_named(item: ClusterObject) -> bool:
    if not _NAME.fullmatch(item.name) or len(item.version) > MOST_TEXT:
        return False
    return isinstance(item, Namespace) or _NAME.fullmatch(item.namespace) is not None


def _is_sound(item: ClusterObject, breathe: Callable[[], None]) -> bool:
    match item:
        case Service():
            texts = (item.type, item.external_name, *item.external)
            return _are_addresses(item.cluster_ips) and _are_ports(item.ports) and _are_short(texts)
        case EndpointSlice():
            labels = (item.service, item.import_name, item.cluster)
            return all(map(_LABEL_VALUE.fullmatch, labels)) and (
                _are_ports(item.ports) and is_packed(item.packed, breathe)
            )
        case Pod():
            return _are_addresses(item.addresses)
        case ServiceImport():
            return _are_addresses(item.cluster_ips) and _are_ports(item.ports)
        case Namespace():
            return True


def _are_addresses(addresses: Iterable[bytes]) -> bool:
    return all(len(address) in _ADDRESS_OCTETS for address in addresses)


def _are_ports(ports: Iterable[Port]) -> bool:
    return all(
        (port.number is None or 0 <= port.number <= MOST_PORT) and _are_short((port.name, port.protocol))
        for port in ports
    )


def _are_short(texts: Iterable[str]) -> bool:
    return all(len(text) <= MOST_TEXT for text in texts)


def _shown(item: ClusterObject) -> str:
    return f"{type(item).__name__} {item.namespace[:63]}/{item.name[:253]}"
