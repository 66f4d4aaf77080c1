"""A list of all there is, taken as a difference to the table."""

from collections.abc import Callable

import msgspec

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, Key, Names, is_same
from clusterdns.cluster.reflector.decoding import Decoder, UnreadableError
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.table import Table
from clusterdns.cluster.turns import Turns


class Relisting:
    """Takes the objects of a list, or the first events of a streaming list, one by one.

    Only what differs from the table is kept, so a list of what is known already costs no memory. With
    `trusting`, an object in the version that the table has is not read further: versions mean the same as
    ever. Without, all are read, as after a restored backup, when a version may name another content.

    The table must be given no other changes of this resource meanwhile.
    """

    def __init__(
        self,
        table: Table,
        resource: Resource,
        *,
        decoder: Decoder,
        trusting: bool,
        unreadable: Callable[[UnreadableError], None],
    ) -> None:
        self._held = table.objects(resource.kind)
        self._resource = resource
        self._decoder = decoder
        self._trusting = trusting
        self._unreadable = unreadable
        self._seen: set[Names] = set()
        self._put: dict[Names, ClusterObject] = {}

    def take(self, document: msgspec.Raw) -> None:
        """Take an object that is there. One that cannot be read leaves what is held of it."""
        if self._trusting and self._is_known(document):
            return
        try:
            item = self._decoder.decode(document).item
        except UnreadableError as error:
            self._keep(document)
            self._unreadable(error)
            return
        names = (item.namespace, item.name)
        held = self._held.get(names)
        if held is not None:
            self._seen.add(names)
        if is_same(held, item):
            self._put.pop(names, None)
        else:
            self._put[names] = item

    def drop(self, document: msgspec.Raw) -> None:
        """An object that was taken has been deleted since."""
        names = self._decoder.peek(document).names
        self._seen.discard(names)
        self._put.pop(names, None)

    async def changes(self, turns: Turns) -> ChangeSet:
        """After the last one: what makes the list out of the table."""
        gone: list[Key] = []
        for names in tuple(self._held):
            if names not in self._seen and self._is_ours(names):
                gone.append(Key(self._resource.kind, *names))
            if turns.is_over():
                await turns.end()
        return ChangeSet(put=tuple(self._put.values()), removed=tuple(gone))

    def _is_ours(self, names: Names) -> bool:
        return not self._resource.namespace or names[0] == self._resource.namespace

    def _is_known(self, document: msgspec.Raw) -> bool:
        try:
            names, version, _ = self._decoder.peek(document)
        except UnreadableError:
            return False
        held = self._held.get(names)
        if held is None or not version or held.version != version:
            return False
        self._seen.add(names)
        self._put.pop(names, None)
        return True

    def _keep(self, document: msgspec.Raw) -> None:
        try:
            self._seen.add(self._decoder.peek(document).names)
        except UnreadableError:
            return
