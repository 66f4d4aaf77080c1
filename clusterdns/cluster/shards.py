"""Large sets and dictionaries in shards: one that grows to 100,000 keys is laid anew in a step of 20 ms."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

SHARDS: Final = 64
MOST_IN_ONE: Final = 4096
"""Keys of a set that is not divided yet."""


def shard_of(key: Hashable) -> int:
    """Where a key belongs. Not by the lowest bits of its hash: by these its place in the shard is chosen."""
    return hash(key) >> 32 & SHARDS - 1


class LargeSet(Generic[K]):
    """A set that grows in short steps, if keys are put in a few at a time. A small one is one set."""

    __slots__ = ("_shards",)

    def __init__(self, keys: Iterable[K] = ()) -> None:
        self._shards: list[set[K]] = [set(keys)]

    def update(self, keys: Iterable[K]) -> None:
        """Add keys."""
        if self._is_divided:
            for key in keys:
                self._shards[shard_of(key)].add(key)
            return
        self._shards[0].update(keys)
        if len(self._shards[0]) > MOST_IN_ONE:
            found = self._shards[0]
            self._shards = [set() for _ in range(SHARDS)]
            self.update(found)

    def discard(self, key: K) -> None:
        """Take a key away, if it is there."""
        self._shards[shard_of(key) if self._is_divided else 0].discard(key)

    def difference_update(self, keys: Iterable[K]) -> None:
        """Take keys away, those that are there."""
        if not self._is_divided:
            self._shards[0].difference_update(keys)
            return
        for key in keys:
            self._shards[shard_of(key)].discard(key)

    @property
    def _is_divided(self) -> bool:
        return len(self._shards) > 1

    def __contains__(self, key: object) -> bool:
        return key in self._shards[shard_of(key) if self._is_divided else 0]

    def __iter__(self) -> Iterator[K]:
        for shard in self._shards:
            yield from shard

    def __len__(self) -> int:
        return sum(map(len, self._shards))
