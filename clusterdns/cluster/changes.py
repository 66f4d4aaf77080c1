"""Changes of the cluster as values, and the difference of two states."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clusterdns.cluster.objects import ClusterObject, ObjectKey, is_same, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """Objects that were added or have a new content (`put`), and keys of objects that are gone.

    Applied to the table as one step. Putting what is there already, or removing what is not, is allowed
    and changes nothing: watches replay.
    """

    put: tuple[ClusterObject, ...] = ()
    removed: tuple[ObjectKey, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.removed)

    def __len__(self) -> int:
        return len(self.put) + len(self.removed)

    def keys(self) -> Iterator[ObjectKey]:
        """Which objects it is about."""
        yield from self.removed
        yield from map(key_of, self.put)


def difference(old: Iterable[ClusterObject], new: Iterable[ClusterObject]) -> ChangeSet:
    """The change set that makes `new` out of `old`, objects of any kinds: a relist as a difference.

    Of two objects in `new` with one key the last counts. An object whose version alone differs is put too,
    as the version must be known later; the table sees that it says nothing new.
    """
    before = {key_of(item): item for item in old}
    after = {key_of(item): item for item in new}
    put = tuple(item for key, item in after.items() if not is_same(before.get(key), item))
    return ChangeSet(put=put, removed=tuple(key for key in before if key not in after))
