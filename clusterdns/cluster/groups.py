"""A dictionary from a key to a few objects, small where it is most often only one."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from clusterdns.cluster.objects import ClusterObject

K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=ClusterObject)


class Groups(Generic[K, T]):
    """Objects by a key that several may share: Services by address, slices by Service.

    A single object stands for itself, more are a tuple in the order of their namespaces and names: 150,000
    one-element tuples would cost 8 MB. An object is told from others by its namespace and name.
    """

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[K, T | tuple[T, ...]] = {}

    def get(self, key: K) -> tuple[T, ...]:
        """The objects under `key`, none if there is no such key."""
        held = self._held.get(key)
        if held is None:
            return ()
        return held if isinstance(held, tuple) else (held,)

    def put(self, key: K, item: T) -> None:
        """Add an object, or put it in the place of the one with its name."""
        held = self._held.get(key)
        if held is None or (not isinstance(held, tuple) and _is_same(held, item)):
            self._held[key] = item
            return
        others = [other for other in self.get(key) if not _is_same(other, item)]
        self._held[key] = tuple(sorted((*others, item), key=_names))

    def discard(self, key: K, item: T) -> None:
        """Take the object with that name away, if it is there."""
        left = tuple(other for other in self.get(key) if not _is_same(other, item))
        if not left:
            self._held.pop(key, None)
        else:
            self._held[key] = left[0] if len(left) == 1 else left

    def __len__(self) -> int:
        return len(self._held)


def _names(item: ClusterObject) -> tuple[str, str]:
    return item.namespace, item.name


def _is_same(one: ClusterObject, other: ClusterObject) -> bool:
    return one.name == other.name and one.namespace == other.namespace
