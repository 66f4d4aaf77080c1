"""What others may learn of the watching: telemetry counts it, without this package knowing of metrics."""

from typing import Final, Protocol

HEADLESS_WITH_SELECTOR: Final = "headless_with_selector"
WITH_CLUSTER_IP: Final = "cluster_ip"
"""What CoreDNS calls the kinds of Services whose programming latency it measures."""


class Observer(Protocol):
    """Told of figures that Freshness does not hold."""

    def applied(self, resource: str, *, seconds: float) -> None:
        """A change of `resource` (its plural) is in the table, so long after its event arrived."""
        ...

    def programmed(self, service_kind: str, *, seconds: float) -> None:
        """A slice's change is in the table, so long after the change that triggered it."""
        ...


class Silent:
    """An observer that observes nothing."""

    def applied(self, resource: str, *, seconds: float) -> None:
        pass

    def programmed(self, service_kind: str, *, seconds: float) -> None:
        pass
