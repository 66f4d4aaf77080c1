"""A list of all there is, taken as a difference to the table: for sources that list again."""

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, Key, Kind, is_same
from clusterdns.cluster.table import Table


class Relist:
    """Takes the objects of one kind one by one, so that the taker can pause; keeps only what differs.

    The table must not be given other changes of this kind meanwhile.
    """

    def __init__(self, table: Table, kind: Kind) -> None:
        self._held = table.objects(kind)
        self._kind = kind
        self._seen: set[tuple[str, str]] = set()
        self._put: list[ClusterObject] = []

    def take(self, item: ClusterObject) -> None:
        """Take one object of the list."""
        names = (item.namespace, item.name)
        self._seen.add(names)
        if not is_same(self._held.get(names), item):
            self._put.append(item)

    def changes(self) -> ChangeSet:
        """After the last one: what makes the list out of the table."""
        gone = self._held.keys() - self._seen
        return ChangeSet(put=tuple(self._put), removed=tuple(Key(self._kind, *names) for names in gone))
