"""A dictionary from a key to the names of a few objects, small where it is most often only one."""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Generic, TypeAlias, TypeVar

from clusterdns.cluster.objects import Names
from clusterdns.cluster.shards import SHARDS, shard_of

K = TypeVar("K", bound=Hashable)
Held: TypeAlias = Names | tuple[Names, ...] | list[Names]

MOST_IN_TUPLE = 16
"""More than so many names are a list, into which one is put without copying the others."""


class NameIndex(Generic[K]):
    """Names of objects by a key that several may share: Services by address, slices by Service.

    It holds names, not objects, so that an object's new content changes nothing here. A single object's
    names stand for themselves, more are a tuple of them in order: one-element tuples would cost megabytes,
    and lists would keep the collector busy. Very many are a sorted list all the same, in which a name is
    found by halving: somebody may give 16,000 slices one Service, or one address.
    """

    __slots__ = ("_shards",)

    def __init__(self) -> None:
        self._shards: tuple[dict[K, Held], ...] = tuple({} for _ in range(SHARDS))

    def get(self, key: K) -> Sequence[Names]:
        """The names under `key` in order, none if there is no such key: good until the next change."""
        held = self._shards[shard_of(key)].get(key)
        match held:
            case None:
                return ()
            case (str(), str()):
                return (held,)  # type: ignore[return-value]  # mypy takes it for both kinds of tuple
            case _:
                return held

    def find(self, key: K, names: Names) -> Names:
        """These names as they are held under `key`, or else as they are given."""
        held = self.get(key)
        place = bisect_left(held, names)
        return held[place] if place < len(held) and held[place] == names else names

    def put(self, key: K, names: Names) -> None:
        """Add names, unless they are there."""
        held = self.get(key)
        place = bisect_left(held, names)
        if place < len(held) and held[place] == names:
            return
        if isinstance(held, list):
            held.insert(place, names)
        elif len(held) < MOST_IN_TUPLE:
            self._shards[shard_of(key)][key] = (*held[:place], names, *held[place:]) if held else names
        else:
            self._shards[shard_of(key)][key] = [*held[:place], names, *held[place:]]

    def discard(self, key: K, names: Names) -> None:
        """Take names away, if they are there."""
        held = self.get(key)
        place = bisect_left(held, names)
        if place == len(held) or held[place] != names:
            return
        if isinstance(held, list) and len(held) > MOST_IN_TUPLE:
            del held[place]
        elif len(held) == 1:
            del self._shards[shard_of(key)][key]
        else:
            left = (*held[:place], *held[place + 1 :])
            self._shards[shard_of(key)][key] = left[0] if len(left) == 1 else left

    def __len__(self) -> int:
        return sum(map(len, self._shards))
