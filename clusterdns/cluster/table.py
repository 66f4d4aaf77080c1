"""The service table: what the cluster looks like now, asked by dictionary look-ups only.

Every look-up takes a `Noted` and notes the row it reads, also when nothing is there. A reply depends on
the rows noted while it was made; `apply` touches exactly the rows whose look-ups may have changed ("has
it" is before or after the change).

    row                                  read by                                   touched by
    ("service", namespace, name)         service                                   Service
    ("slices", namespace, service)       slices, slices_by_ip                      its EndpointSlices
    ("namespace", name)                  namespace                                 Namespace
    ("service-ip", address)              services_by_ip                            a Service that has it
    b"endpoint-ip" and the address       slices_by_ip                              an endpoint that has it
    ("pod-ip", address)                  pods_by_ip, pod_by_ip                     a Pod that has it
    ("import", namespace, name)          named                                     ServiceImport
    ("imported", namespace, name)        imported_slices                           slices of other clusters
    ("synced",)                          is_synced                                 the first sync

Texts asked for are lower case, as names in Kubernetes are; addresses are packed (4 or 16 octets). Which
namespaces a configuration shows is not the table's business: it holds what its source selected.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from clusterdns.cluster.applying import Touched, applying
from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.claims import Claims
from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.kinds.endpoint_slice import ENDPOINT_IP, IMPORTED, SLICES
from clusterdns.cluster.kinds.namespace import NAMESPACE
from clusterdns.cluster.kinds.pod import POD_IP
from clusterdns.cluster.kinds.service import SERVICE, SERVICE_IP
from clusterdns.cluster.objects import (
    ClusterObject,
    EndpointSlice,
    Kind,
    Names,
    Namespace,
    Pod,
    Service,
)
from clusterdns.cluster.publishing import (
    Publisher,
    Subscriber,
    TableSnapshot,
    TableState,
)
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.slices import Slices
from clusterdns.cluster.store import Store
from clusterdns.cluster.touching import SYNCED
from clusterdns.cluster.work import Work, at_once
from clusterdns.rows import Noted, RowSource

T = TypeVar("T", bound=ClusterObject)


class Table:
    """Services, endpoints, Namespaces, Pods and ServiceImports, and the rows that answers depend on.

    `rows` is the source noted and touched, `claims` are what is being changed in turns. `clock` gives Unix
    time in seconds, for the serials. `describe` gives the state of a table that is synced or not: set by who
    fills the table, and calls `publish_state` when that may have changed.
    """

    __slots__ = ("_clock", "_publisher", "_serials", "_store", "_synced", "claims", "describe", "rows")

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.rows = RowSource()
        self.claims = Claims()
        self.describe: Callable[[bool], TableState] = TableState
        self._clock = clock
        self._publisher = Publisher()
        self._serials = Serials()
        self._store = Store()
        self._synced = False

    @property
    def serial(self) -> int:
        """The SOA serial of the cluster's zones: Unix time of the last relevant change, at first 0."""
        return self._serials.cluster

    @property
    def serials(self) -> Serials:
        """The serials of all families of zones."""
        return self._serials

    @property
    def multicluster_serial(self) -> int:
        """The same for multicluster zones."""
        return self._serials.multicluster

    @property
    def external_serial(self) -> int:
        """The same for zones of external addresses."""
        return self._serials.external

    @property
    def synced(self) -> bool:
        """Whether the source has once delivered all there is. Changing it touches every row."""
        return self._synced

    @synced.setter
    def synced(self, value: bool) -> None:
        if value != self._synced:
            self._synced = value
            self.rows.touch_all()
            self.publish_state()

    @property
    def state(self) -> TableState:
        """Whether the table is synced and stale, and what is wrong with what fills it."""
        return self.describe(self._synced)

    def subscribe(self, subscriber: Subscriber, *, name: str) -> Callable[[], None]:
        """Call `subscriber` with every change from now on, in the step in which it becomes visible, and with
        the state when that is another. The returned function ends that.

        Together with `snapshot`, called in the same step of the event loop, it gives a copy without a gap.
        One that raises is named in the log by `name` and gets nothing more, for it may have lost a change: it
        has to begin anew. It must not change the table.
        """
        self.publish_state()
        return self._publisher.subscribe(subscriber, name=name, state=self.state)

    def snapshot(self) -> TableSnapshot:
        """All of the table now, with the number of the last change that was published: those that follow have
        the next numbers. While nobody is subscribed nothing is published and numbered."""
        self.publish_state()
        return TableSnapshot(self._publisher.number, self._store.all_objects(), self._serials, self.state)

    def publish_state(self) -> None:
        """Publish the state, if there are subscribers and it is not as it was published last."""
        if self._publisher.subscriptions:
            self._publisher.state(self.state)

    def continue_serials(self, kept: Serials) -> None:
        """Go on from serials that a process before this one gave out: none goes back behind them."""
        self.apply(ChangeSet(), serials=self._serials.at_least(kept))

    def apply(self, changes: ChangeSet, *, serials: Serials | None = None) -> None:
        """Apply a change set in one step: when this returns, table and subscribers agree on it.

        `serials` are those after it, if the table is a copy: without them it moves them on by its own clock.
        Before the first sync every row counts as touched: to name them all would cost more than the table.
        """
        at_once(self.applying(changes, serials=serials))

    def applying(self, changes: ChangeSet, *, serials: Serials | None = None) -> Work[None]:
        """The same as work that may be interrupted. All that look-ups can see of it changes in one piece.
        The objects must be claimed meanwhile.

        That piece takes some microseconds an object, however large each is.
        """
        tell = self._tell if serials is None else partial(self._tell, serials=serials)
        return applying(self._store, changes, names_rows=self._synced, tell=tell)

    def _tell(self, touched: Touched, *, serials: Serials | None = None) -> None:
        before = self._serials
        self._serials = before.after(touched.shows, now=int(self._clock())) if serials is None else serials
        touches_all = bool(touched.shows) and not touched.names_rows
        if self._publisher.subscriptions and (touched.changes or self._serials != before):
            rows = None if touches_all else tuple(touched.rows)
            self._publisher.change(touched.changes, rows, self._serials)
        for portion in touched.rows:
            self.rows.touch(portion)
        if touches_all:
            self.rows.touch_all()

    def is_synced(self, *, noted: Noted) -> bool:
        """`synced`, for an answer that depends on it."""
        noted.note(self.rows, SYNCED)
        return self._synced

    def service(self, namespace: str, name: str, *, noted: Noted) -> Service | None:
        """The Service of that name, or None."""
        noted.note(self.rows, (SERVICE, namespace, name))
        return self._store.services.get((namespace, name))

    def slices(self, namespace: str, service: str, *, noted: Noted) -> Slices:
        """The EndpointSlices of a Service by their label, in the order of their names."""
        noted.note(self.rows, (SLICES, namespace, service))
        return self._store.slices_of_service((namespace, service))

    def namespace(self, name: str, *, noted: Noted) -> Namespace | None:
        """The Namespace object of that name, or None."""
        noted.note(self.rows, (NAMESPACE, name))
        return self._store.namespaces.get(("", name))

    def services_by_ip(self, address: bytes, *, noted: Noted) -> tuple[Service, ...]:
        """The Services that have this ClusterIP: more than one only while a cluster moves it."""
        noted.note(self.rows, (SERVICE_IP, address))
        services = self._store.services
        return tuple(services[names] for names in self._store.by_cluster_ip.get(address))

    def slices_by_ip(self, address: bytes, *, others: bool = True, noted: Noted) -> Iterator[EndpointSlice]:
        """The slices of Services in which this address stands, ready or not, each with all its endpoints.

        `others` is False for who looks at no other endpoints of them. Those that are not taken out of the
        iterator are not noted, and cost nothing: an address may be in thousands.
        """
        noted.note(self.rows, ENDPOINT_IP + address)
        return self._noting_slices(address, noted) if others else self._store.slices_at(address)

    def _noting_slices(self, address: bytes, noted: Noted) -> Iterator[EndpointSlice]:
        for item in self._store.slices_at(address):
            noted.note(self.rows, (SLICES, item.namespace, item.service))
            yield item

    def pods_by_ip(self, address: bytes, *, noted: Noted) -> tuple[Pod, ...]:
        """The Pods that have this address, of all namespaces (those on the host's network share one)."""
        noted.note(self.rows, (POD_IP, address))
        pods = self._store.pods
        return tuple(pods[names] for names in self._store.by_pod_ip.get(address))

    def pod_by_ip(self, namespace: str, address: bytes, *, noted: Noted) -> Pod | None:
        """The first Pod of a namespace with this address, or None."""
        pods = self.pods_by_ip(address, noted=noted)
        return next((pod for pod in pods if pod.namespace == namespace), None)

    def named(self, kind: type[T], namespace: str, name: str, *, noted: Noted) -> T | None:
        """The object of that kind and name, or None. For kinds in namespaces with a `name_row`."""
        noted.note(self.rows, (SPECS[kind].name_row, namespace, name))
        return self._store.of_kind(kind).get((namespace, name))

    def imported_slices(self, namespace: str, name: str, *, noted: Noted) -> Slices:
        """The slices of a ServiceImport by their label, from every cluster (`cluster` says which)."""
        noted.note(self.rows, (IMPORTED, namespace, name))
        return self._store.slices_of_import((namespace, name))

    def objects(self, kind: Kind) -> Mapping[Names, ClusterObject]:
        """All objects of a kind by (namespace, name), a live view. Not for the query path."""
        return self._store.of_kind(kind)

    def services(self) -> Iterator[Service]:
        """All Services as they are now, for transfers: a copy, so that changes may happen between two."""
        return iter(tuple(self._store.services.values()))
