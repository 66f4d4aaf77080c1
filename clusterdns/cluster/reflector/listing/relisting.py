"""A list of all there is, taken as a difference to the table."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.left_out import LeftOuts
from clusterdns.cluster.objects import ClusterObject, Names, ObjectKey, is_same
from clusterdns.cluster.reflector.reading.decoding import Decoded, ObjectIdentity, UnreadableError
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.step_budget import StepBudget
from clusterdns.cluster.table import Table

Decode: TypeAlias = Callable[[msgspec.Raw, StepBudget], Awaitable[Decoded]]
Identify: TypeAlias = Callable[[msgspec.Raw], ObjectIdentity]


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
        decode: Decode,
        peek: Identify,
        trusting: bool,
        left_out: LeftOuts,
    ) -> None:
        self._held = table.objects(resource.kind)
        self._resource = resource
        self._decode = decode
        self._peek = peek
        self._trusting = trusting
        self._left_out = left_out
        self._seen: set[Names] = set()
        self._unreadable: set[Names] = set()
        self._put: dict[Names, ClusterObject] = {}

    async def take(self, document: msgspec.Raw, turns: StepBudget) -> None:
        """Take an object of the list. One that cannot be read stays in the table as it is."""
        if self._trusting and self._is_known(document):
            return
        if turns.is_over():
            await turns.end()
        try:
            item = (await self._decode(document, turns)).item
        except UnreadableError as error:
            self.keep(error.identity.names)
            return
        names = (item.namespace, item.name)
        held = self._held.get(names)
        if held is not None:
            self._seen.add(names)
        if is_same(held, item):
            self._put.pop(names, None)
        else:
            self._put[names] = item

    def keep(self, names: Names) -> None:
        """Keep the table's object of this name: the listed one cannot be read."""
        self._seen.add(names)
        self._unreadable.add(names)

    def drop(self, names: Names) -> None:
        """Drop an object that was taken and has been deleted since."""
        self._seen.discard(names)
        self._unreadable.discard(names)
        self._put.pop(names, None)

    async def changes(self, turns: StepBudget) -> ChangeSet:
        """After the last object: the changes that bring the table to the state of the list."""
        gone: list[ObjectKey] = []
        for names in tuple(self._held):
            if names not in self._seen and self._is_ours(names):
                gone.append(ObjectKey(self._resource.kind, *names))
            if turns.is_over():
                await turns.end()
        self._forget_unreadable()
        return ChangeSet(put=tuple(self._put.values()), removed=tuple(gone))

    def _is_ours(self, names: Names) -> bool:
        return not self._resource.namespace or names[0] == self._resource.namespace

    def _is_known(self, document: msgspec.Raw) -> bool:
        try:
            names, version, _ = self._peek(document)
        except UnreadableError:
            return False
        held = self._held.get(names)
        if held is None or not version or held.version != version:
            return False
        self._seen.add(names)
        self._put.pop(names, None)
        return True

    def _forget_unreadable(self) -> None:
        """Clear the notes on unreadable objects that are not in the list any more."""
        there = self._seen | self._unreadable | self._put.keys()
        for key in self._left_out.keys(self._resource.kind, self._resource.namespace):
            if (key.namespace, key.name) not in there:
                self._left_out.clear(key.kind, (key.namespace, key.name))
