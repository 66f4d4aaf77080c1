"""A dictionary from a key to the names of a few objects, small where it is most often only one."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from clusterdns.cluster.objects import Names

K = TypeVar("K", bound=Hashable)


class Groups(Generic[K]):
    """Names of objects by a key that several may share: Services by address, slices by Service.

    Names, not objects: what is found by a key is none the other for having a new content. A single object's
    names stand for themselves, more are a tuple of them in order: one-element tuples would cost megabytes.
    """

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[K, Names | tuple[Names, ...]] = {}

    def get(self, key: K) -> tuple[Names, ...]:
        """The names under `key`, none if there is no such key."""
        held = self._held.get(key)
        match held:
            case None:
                return ()
            case (str(), str()):
                return (held,)  # type: ignore[return-value]  # mypy takes it for both kinds of tuple
            case _:
                return held

    def put(self, key: K, names: Names) -> Names:
        """Add names, unless they are there. Returns them as they are held, for others to hold the same."""
        held = self.get(key)
        for known in held:
            if known == names:
                return known
        self._held[key] = tuple(sorted((*held, names))) if held else names
        return names

    def discard(self, key: K, names: Names) -> None:
        """Take names away, if they are there."""
        left = tuple(other for other in self.get(key) if other != names)
        if not left:
            self._held.pop(key, None)
        else:
            self._held[key] = left[0] if len(left) == 1 else left

    def move(self, names: Names, *, gone: Iterable[K], came: Iterable[K]) -> None:
        """Put names under the keys that came and take them away from those that are gone."""
        for key in came:
            self.put(key, names)
        for key in gone:
            self.discard(key, names)

    def __len__(self) -> int:
        return len(self._held)
