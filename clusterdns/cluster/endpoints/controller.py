"""The controllers of a cluster, for manifests: from what is declared to what the table holds.

A change of a declared object concerns the object itself, and the slices of the Services that a Pod, a
hand-written slice or Endpoints belong to. Only these are made again. `labels` selects Services, slices and
Pods as the API server would: made slices carry the labels of their Service, mirrored ones of their Endpoints.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoints.index import PodIndex, SelectorIndex
from clusterdns.cluster.endpoints.mirror import is_mirrored, mirrored_slices
from clusterdns.cluster.endpoints.pods import AddressedPod, has_selector, slices_of
from clusterdns.cluster.endpoints.shapes import EndpointsShape
from clusterdns.cluster.kinds.endpoint_slice import SERVICE_NAME
from clusterdns.cluster.kinds.pod import PodShape, is_ended_pod, is_terminating
from clusterdns.cluster.kinds.service import ServiceShape
from clusterdns.cluster.kube.declared import Declared, Replaced
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Names,
    Namespace,
    ObjectKey,
    Pod,
    Service,
    key_of,
)
from clusterdns.cluster.selector import LabelSelector

MANAGED_BY: Final = "endpointslice.kubernetes.io/managed-by"
SLICE_CONTROLLER: Final = "endpointslice-controller.k8s.io"
MIRRORING_CONTROLLER: Final = "endpointslicemirroring-controller.k8s.io"

K = TypeVar("K")

_EVERYTHING: Final = LabelSelector()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Bounds on the objects of the table: by labels, by labels of their Namespaces, and by kind."""

    labels: LabelSelector = _EVERYTHING
    namespace_labels: LabelSelector = _EVERYTHING
    endpoints: bool = True
    pods: bool = True


class Controller:
    """The objects of all manifests, and those of the table made of them.

    `yield_to_loop` is called between pieces of work.

    `declared_namespaces` are the names of all Namespaces declared, selected or not.
    """

    def __init__(self, selection: Selection, yield_to_loop: Callable[[], None]) -> None:
        self._selection = selection
        self._yield_to_loop = yield_to_loop
        self._services: dict[Names, Declared] = {}
        self._endpoints: dict[Names, Declared] = {}
        self._written: defaultdict[Names, dict[str, Declared]] = defaultdict(dict)
        self._pods: PodIndex[AddressedPod] = PodIndex()
        self._selectors = SelectorIndex()
        self._made: dict[Names, tuple[EndpointSlice, ...]] = {}
        self._held: dict[ObjectKey, ClusterObject] = {}
        self.declared_namespaces: set[str] = set()

    def update(self, replaced: Iterable[Replaced]) -> ChangeSet:
        """Take declared objects that replace others; the changes of the table that follow from them."""
        wanted: dict[ObjectKey, ClusterObject | None] = {}
        concerned: dict[Names, None] = {}
        for change in replaced:
            self._take_direct(change, wanted)
            concerned.update(dict.fromkeys(self._take(change)))
            self._yield_to_loop()
        if self._selection.endpoints:
            for names in concerned:
                self._remake(names, wanted)
                self._yield_to_loop()
        return self._changes(wanted)

    def _take_direct(self, change: Replaced, wanted: dict[ObjectKey, ClusterObject | None]) -> None:
        """The object itself, if it is one that the table holds."""
        for side in (change.old, change.new):
            if side is None or side.slim is None:
                continue
            key = key_of(side.slim)
            if side is change.old:
                wanted[key] = None
            elif isinstance(side.shape, PodShape) and is_terminating(side.shape):
                # As CoreDNS: a Pod first seen while it is deleted has no name; one that had keeps it.
                wanted[key] = None if is_ended_pod(side.shape) else self._held.get(key)
            else:
                wanted[key] = side.slim if self._is_selected(side) else None

    def _is_selected(self, item: Declared) -> bool:
        match item.slim:
            case Namespace():
                return self._selection.namespace_labels.matches(item.labels)
            case Pod():
                wanted = self._selection.pods and not (
                    isinstance(item.shape, PodShape) and is_ended_pod(item.shape)
                )
                return wanted and self._selection.labels.matches(item.labels)
            case Service():
                return self._selection.labels.matches(item.labels)
            case EndpointSlice():
                return self._selection.endpoints and self._selection.labels.matches(item.labels)
            case _:
                return True

    def _take(self, change: Replaced) -> Iterable[Names]:
        """Remember what slices are made from; the Services whose slices this concerns."""
        concerned: list[Names] = []
        names = (change.key.namespace, change.key.name)
        for side, put in ((change.old, False), (change.new, True)):
            if side is None:
                continue
            match side.shape:
                case ServiceShape():
                    self._take_service(names, side, put=put)
                    concerned.append(names)
                case EndpointsShape():
                    _put_or_drop(self._endpoints, names, side if put else None)
                    concerned.append(names)
                case PodShape():
                    concerned += self._take_pod(names, side, put=put)
                case _:
                    concerned += self._take_other(side.slim, side, put=put)
        return concerned

    def _take_other(self, slim: ClusterObject | None, item: Declared, *, put: bool) -> Iterable[Names]:
        if isinstance(slim, Namespace):
            (self.declared_namespaces.add if put else self.declared_namespaces.discard)(slim.name)
        if not isinstance(slim, EndpointSlice) or not slim.service:
            return ()
        service = (slim.namespace, slim.service)
        _put_or_drop(self._written[service], slim.name, item if put else None)
        return (service,)

    def _take_service(self, names: Names, item: Declared, *, put: bool) -> None:
        _put_or_drop(self._services, names, item if put else None)
        shape = item.shape
        if not isinstance(shape, ServiceShape) or not has_selector(shape):
            return
        selector = (shape.spec.selector if shape.spec else None) or {}
        if put:
            self._selectors.put(*names, selector=selector)
        else:
            self._selectors.discard(*names, selector=selector)

    def _take_pod(self, names: Names, item: Declared, *, put: bool) -> Iterable[Names]:
        if put and isinstance(item.shape, PodShape) and isinstance(item.slim, Pod):
            pod = AddressedPod(item.shape, item.slim.addresses)
            self._pods.put(*names, labels=item.labels, pod=pod)
        else:
            self._pods.discard(*names, labels=item.labels)
        return self._selectors.selecting(names[0], item.labels)

    def _remake(self, names: Names, wanted: dict[ObjectKey, ClusterObject | None]) -> None:
        for old in self._made.pop(names, ()):
            wanted.setdefault(key_of(old), None)
        made = self._slices(names)
        if made:
            self._made[names] = made
        for new in made:
            wanted[key_of(new)] = new

    def _slices(self, names: Names) -> tuple[EndpointSlice, ...]:
        service = self._services.get(names)
        if service is None or not isinstance(service.shape, ServiceShape):
            return ()
        written = self._written.get(names, {})
        if has_selector(service.shape):
            if any(item.labels.get(MANAGED_BY) == SLICE_CONTROLLER for item in written.values()):
                return ()  # a dump of a cluster: the controller's own slices are here
            if not self._selects(service.labels, names[1], manager=SLICE_CONTROLLER):
                return ()
            selector = (service.shape.spec.selector if service.shape.spec else None) or {}
            return slices_of(service.shape, names[0], pods=self._pods.selected(names[0], selector))
        return self._mirrored(names, service.shape) if not written else ()

    def _mirrored(self, names: Names, service: ServiceShape) -> tuple[EndpointSlice, ...]:
        item = self._endpoints.get(names)
        selects = service.spec is not None and service.spec.selector
        if item is None or selects or not isinstance(item.shape, EndpointsShape):
            return ()
        if not is_mirrored(item.shape):
            return ()
        if not self._selects(item.labels, names[1], manager=MIRRORING_CONTROLLER):
            return ()
        return mirrored_slices(item.shape, names[0])

    def _selects(self, labels: Mapping[str, str], service: str, *, manager: str) -> bool:
        return self._selection.labels.matches({**labels, SERVICE_NAME: service, MANAGED_BY: manager})

    def _changes(self, wanted: dict[ObjectKey, ClusterObject | None]) -> ChangeSet:
        put: list[ClusterObject] = []
        removed: list[ObjectKey] = []
        for key in list(wanted):
            item = wanted.pop(key)  # now, since to forget very many at once takes long
            held = self._held.get(key)
            if item is None:
                if held is not None:
                    del self._held[key]
                    removed.append(key)
            elif item != held:
                self._held[key] = item
                put.append(item)
            self._yield_to_loop()
        return ChangeSet(put=tuple(put), removed=tuple(removed))


def _put_or_drop(held: dict[K, Declared], key: K, item: Declared | None) -> None:
    if item is None:
        held.pop(key, None)
    else:
        held[key] = item
