"""The observer of watches, by which telemetry measures latencies without this package importing metrics."""

from typing import Final, Protocol

from clusterdns.cluster.objects import EXTERNAL_NAME, ClusterObject, EndpointSlice, Service
from clusterdns.cluster.table import Table

HEADLESS_WITH_SELECTOR: Final = "headless_with_selector"
WITH_CLUSTER_IP: Final = "cluster_ip"
"""CoreDNS's names for the kinds of Services whose programming latency it measures."""


class Observer(Protocol):
    """Receives latencies, which Freshness does not hold."""

    def applied(self, resource: str, *, service_kind: str, seconds: float) -> None:
        """A change of `resource` (its plural) is in the table, `seconds` after its event arrived.

        service_kind: as the function service_kind returns it.
        """
        ...

    def programmed(self, service_kind: str, *, seconds: float) -> None:
        """A slice's change is in the table, `seconds` after the change that triggered it.

        service_kind: HEADLESS_WITH_SELECTOR or WITH_CLUSTER_IP."""
        ...


class NoWatchObserver:
    """An observer that observes nothing."""

    def applied(self, resource: str, *, service_kind: str, seconds: float) -> None:
        pass

    def programmed(self, service_kind: str, *, seconds: float) -> None:
        pass


def service_kind(item: ClusterObject | None, table: Table) -> str:
    """The kind of Service that an object is or is part of: cluster_ip, headless, external_name, or ""."""
    if isinstance(item, EndpointSlice):
        item = table.objects(Service).get((item.namespace, item.service))
    if not isinstance(item, Service):
        return ""
    if item.type == EXTERNAL_NAME:
        return "external_name"
    return "headless" if item.headless else "cluster_ip"
