"""Comparing the versions of the table's objects with those of a list, twice."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from clusterdns.cluster.left_out import LeftOuts
from clusterdns.cluster.objects import ClusterObject, Names, ObjectKey
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.table import Table

ABSENT: Final = None
"""In the place of the version of an object that is not there."""


class Differing(NamedTuple):
    """The versions of an object in the table and in the list."""

    known: str | None
    listed: str | None


class Comparison:
    """Compares the table, as it is when this is made, with a list. To be made before the list begins; then
    `take` for each page, `end`, and a while later `missed`.

    A version that the watch brought and that could not be read is not missed.
    """

    def __init__(self, table: Table, resource: Resource, *, left_out: LeftOuts) -> None:
        self._now: Mapping[Names, ClusterObject] = table.objects(resource.kind)
        # A copy of the dictionary alone takes a millisecond for 150,000 objects.
        self._before = dict(self._now)
        self._resource = resource
        self._left_out = left_out
        self._differing: dict[Names, Differing] = {}

    def take(self, versions: Iterable[tuple[Names, str]]) -> None:
        """Compare the names and versions of a page."""
        for names, listed in versions:
            known = _version(self._before.pop(names, None))
            if known != listed:
                self._differing[names] = Differing(known, listed)

    def end(self) -> bool:
        """Compare what no page named. To be called after the last page. Returns whether anything differs."""
        place = self._resource.namespace
        for names, item in self._before.items():
            if not place or names[0] == place:
                self._differing[names] = Differing(item.version, ABSENT)
        self._before.clear()
        return bool(self._differing)

    def missed(self) -> tuple[ObjectKey, ...]:
        """The objects that differed and are still as before the list, so that no event came for them."""
        return tuple(
            ObjectKey(self._resource.kind, *names)
            for names, differing in self._differing.items()
            if _version(self._now.get(names)) == differing.known
            and not self._left_out.has(self._resource.kind, names, differing.listed)
        )


def _version(item: ClusterObject | None) -> str | None:
    return ABSENT if item is None else item.version
