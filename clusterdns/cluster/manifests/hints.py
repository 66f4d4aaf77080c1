"""What in manifests is legal and yet gives no answers: said once, since it is rarely meant."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import EXTERNAL_NAME, Service


class Hints:
    """Remembers what it has said."""

    def __init__(self) -> None:
        self._bare: set[tuple[str, str]] = set()
        self._undeclared: set[str] = set()

    def of(self, changes: ChangeSet, namespaces: AbstractSet[str]) -> list[str]:
        """Sentences about new Services; `namespaces` are those that manifests declare."""
        services = [item for item in changes.put if isinstance(item, Service)]
        return [*self._without_address(services), *self._without_namespace(services, namespaces)]

    def _without_address(self, services: Iterable[Service]) -> Iterable[str]:
        bare = {(item.namespace, item.name) for item in services if _lacks_address(item)} - self._bare
        self._bare |= bare
        if bare:
            yield (
                f"Service {_several('/'.join(names) for names in bare)} without clusterIP: a cluster would "
                "allocate one, from manifests the name exists without addresses"
            )

    def _without_namespace(self, services: Iterable[Service], namespaces: AbstractSet[str]) -> Iterable[str]:
        undeclared = {item.namespace for item in services} - namespaces - self._undeclared
        self._undeclared |= undeclared
        if undeclared:
            yield (
                f"Namespace {_several(undeclared)} is used and not declared: "
                "names in it do not exist until a manifest declares it"
            )


def _lacks_address(service: Service) -> bool:
    return not service.headless and not service.cluster_ips and service.type != EXTERNAL_NAME


def _several(names: Iterable[str]) -> str:
    first, *others = sorted(names)
    return f"{first} (and {len(others)} more)" if others else first
