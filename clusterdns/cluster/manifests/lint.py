"""Warnings about manifests that are legal and yet give no answers: each is given once."""

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.manifests.yielding import YieldToLoop, no_yield
from clusterdns.cluster.objects import EXTERNAL_NAME, Service


class ManifestLint:
    """Remembers the warnings it has given. `yield_to_loop` is called between pieces of work."""

    def __init__(self, yield_to_loop: YieldToLoop = no_yield) -> None:
        self._yield_to_loop = yield_to_loop
        self._bare: set[tuple[str, str]] = set()
        self._undeclared: set[str] = set()

    def of(self, changes: ChangeSet, namespaces: AbstractSet[str]) -> list[str]:
        """Sentences about new Services; `namespaces` are those that manifests declare."""
        bare: list[str] = []
        undeclared: list[str] = []
        for item in changes.put:
            if isinstance(item, Service):
                names = (item.namespace, item.name)
                if _lacks_address(item) and names not in self._bare:
                    self._bare.add(names)
                    bare.append("/".join(names))
                if item.namespace not in namespaces and item.namespace not in self._undeclared:
                    self._undeclared.add(item.namespace)
                    undeclared.append(item.namespace)
            self._yield_to_loop()
        return [*_without_address(bare), *_without_namespace(undeclared)]


def _without_address(names: Collection[str]) -> Iterator[str]:
    if names:
        yield (
            f"Service {_several(names)} without clusterIP: a cluster would allocate one, from manifests the "
            "name exists without addresses"
        )


def _without_namespace(names: Collection[str]) -> Iterator[str]:
    if names:
        yield (
            f"Namespace {_several(names)} is used and not declared: names in it do not exist until a "
            "manifest declares it"
        )


def _lacks_address(service: Service) -> bool:
    return not service.headless and not service.cluster_ips and service.type != EXTERNAL_NAME


def _several(names: Collection[str]) -> str:
    first, others = min(names), len(names) - 1
    return f"{first} (and {others} more)" if others else first
