"""The SOA serials of the zones made from the table, and which changes move them on.

As in CoreDNS a serial is the Unix time of the last relevant change, 0 before the first. What does not show
in a zone does not count: Namespaces, a Service whose answers stay, a slice with the same ready addresses,
host names, zones and ports, a Pod that keeps its addresses. Unlike there, a ServiceImport that comes or
goes moves the serial of the multicluster zones on, and a changed clusterIP counts: RFC 1035 section 3.3.13
wants a new serial for new data.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from clusterdns.cluster.endpoint import read_record, record_is_ready
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Pod, Service, ServiceImport
from clusterdns.cluster.replacement import Replacement


@dataclass(slots=True)
class Serials:
    """Unix times (seconds) of the last change that shows in each family of zones."""

    cluster: int = 0
    multicluster: int = 0
    external: int = 0

    def note(self, change: Replacement, *, now: int) -> None:
        """Take note of a change."""
        if _shows_in_cluster(change):
            self.cluster = now
        if _shows_in_multicluster(change):
            self.multicluster = now
        if _shows_outside(change.old, change.new):
            self.external = now


def _shows_in_cluster(change: Replacement) -> bool:
    old, new = change.old, change.new
    match old or new:
        case Service():
            return _service_data(old) != _service_data(new)
        case EndpointSlice():
            local = any(isinstance(side, EndpointSlice) and side.service for side in (old, new))
            return local and _is_other_slice(change)
        case Pod():
            return _pod_data(old) != _pod_data(new)
        case _:
            return False


def _shows_in_multicluster(change: Replacement) -> bool:
    old, new = change.old, change.new
    match old or new:
        case ServiceImport():
            return True
        case EndpointSlice():
            imported = any(isinstance(side, EndpointSlice) and side.import_name for side in (old, new))
            return imported and _is_other_slice(change)
        case _:
            return False


def _shows_outside(old: ClusterObject | None, new: ClusterObject | None) -> bool:
    return _external_data(old) != _external_data(new)


def _service_data(item: ClusterObject | None) -> object:
    if not isinstance(item, Service):
        return None
    return item.type, item.headless, item.cluster_ips, item.ports, item.external_name


def _external_data(item: ClusterObject | None) -> object:
    if not isinstance(item, Service) or not item.external:
        return None
    return item.external, item.ports


def _is_other_slice(change: Replacement) -> bool:
    """Whether two slices differ in what shows. Only endpoints that differ are unpacked."""
    before, after = _labels_and_ports(change.old), _labels_and_ports(change.new)
    return before != after or _shown(change.gone) != _shown(change.came)


def _labels_and_ports(item: ClusterObject | None) -> object:
    if not isinstance(item, EndpointSlice):
        return None
    return item.service, item.import_name, item.cluster, item.ports


def _shown(found: Iterable[bytes]) -> Counter[object]:
    endpoints = (read_record(record) for record in found if record_is_ready(record))
    return Counter((endpoint.addresses, endpoint.hostname, endpoint.zone) for endpoint in endpoints)


def _pod_data(item: ClusterObject | None) -> object:
    return item.addresses if isinstance(item, Pod) else None
