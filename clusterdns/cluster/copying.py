"""A table that is a copy of another: it begins with a snapshot and takes what is published after it."""

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.publishing import Published, PublishedChange, TableSnapshot, TableState
from clusterdns.cluster.table import Table


class PublicationGapError(Exception):
    """A change was lost or came twice: the copy must begin anew with another snapshot."""


class TableCopy:
    """Holds the copy in `table`, which is to be changed by nobody else. `number` is the last change in it.

    Objects, serials and state are the original's; the rows that a change touches are those of the copy.
    """

    def __init__(self, snapshot: TableSnapshot) -> None:
        self.table = Table()
        self.number = snapshot.number
        self._state = TableState()
        self.table.describe = self._describe
        self.table.apply(ChangeSet(put=snapshot.objects), serials=snapshot.serials)
        self._become(snapshot.state)

    def take(self, published: Published) -> None:
        """Take the next change or state.

        Raises:
            PublicationGapError: it is not the next one.
        """
        if published.number != self.number + 1:
            raise PublicationGapError(f"expected change {self.number + 1}, found {published.number}")
        self.number = published.number
        if isinstance(published, PublishedChange):
            self.table.apply(published.changes, serials=published.serials)
        else:
            self._become(published.state)

    def _describe(self, synced: bool) -> TableState:  # noqa: FBT001
        return self._state._replace(synced=synced)

    def _become(self, state: TableState) -> None:
        """Answers of another state are other answers, unless only the complaints differ."""
        before, self._state = self._state, state
        if self.table.synced != state.synced:
            self.table.synced = state.synced
        elif before._replace(complaints=()) != state._replace(complaints=()):
            self.table.rows.touch_all()
        self.table.publish_state()
