"""Events of a watch that arrived together, merged into one ChangeSet."""

from datetime import datetime
from typing import NamedTuple

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Kind, Names, ObjectKey, Service
from clusterdns.cluster.reflector.observer import HEADLESS_WITH_SELECTOR, WITH_CLUSTER_IP, service_kind
from clusterdns.cluster.reflector.reading.decoding import Decoded
from clusterdns.cluster.reflector.shared import Shared
from clusterdns.cluster.table import Table


class Triggered(NamedTuple):
    """An EndpointSlice and when (Unix time, seconds) the change that the slice reflects happened."""

    item: EndpointSlice
    moment: float


class Batch:
    """Changes of one resource, applied as one step: of several of an object the last counts.

    version: of the last event that has one, "" if none has.
    """

    def __init__(self, kind: Kind, table: Table) -> None:
        self.version = ""
        self._kind = kind
        self._table = table
        self._latest: dict[Names, ClusterObject | None] = {}
        self._triggered: list[Triggered] = []
        self._subjects: list[ClusterObject | None] = []

    def passed(self, version: str) -> None:
        """Note the version of an event that changes no object; an empty one is ignored."""
        self.version = version or self.version

    def put(self, decoded: Decoded) -> None:
        """An object was added or modified."""
        item = decoded.item
        self._latest[item.namespace, item.name] = item
        self._passed(item, item.version)
        if decoded.trigger and isinstance(item, EndpointSlice):
            moment = _unix_time(decoded.trigger)
            if moment is not None:
                self._triggered.append(Triggered(item, moment))

    def remove(self, names: Names, version: str) -> None:
        """An object was deleted."""
        self._latest[names] = None
        self._passed(self._table.objects(self._kind).get(names), version)

    def changes(self) -> ChangeSet:
        """The merged changes: for each object its last state, or its removal."""
        return ChangeSet(
            put=tuple(item for item in self._latest.values() if item is not None),
            removed=tuple(
                ObjectKey(self._kind, *names) for names, item in self._latest.items() if item is None
            ),
        )

    def observe(self, shared: Shared, name: str, *, seconds: float) -> None:
        """Report to the observer that the changes are in the table.

        name: the plural of the resource. seconds: since the first of them arrived.
        """
        for subject in self._subjects:
            kind = service_kind(subject, shared.table)
            shared.observer.applied(name, service_kind=kind, seconds=seconds)
        services = shared.table.objects(Service)
        for item, moment in self._triggered:
            service = services.get((item.namespace, item.service))
            if isinstance(service, Service):
                kind = HEADLESS_WITH_SELECTOR if service.headless else WITH_CLUSTER_IP
                shared.observer.programmed(kind, seconds=shared.now() - moment)

    def _passed(self, subject: ClusterObject | None, version: str) -> None:
        self._subjects.append(subject)
        self.version = version or self.version


def _unix_time(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
