"""Sharing of equal values, so that ten thousand Services with one port tuple hold it once."""

from collections.abc import Hashable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)

MOST_VALUES = 65_536


class Pool:
    """Gives back the first of equal values. Bounded: when full it forgets all and begins anew."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[Hashable, Hashable] = {}

    def __call__(self, value: T) -> T:
        """The value to keep instead of `value`: equal to it, and of its type."""
        if len(self._values) >= MOST_VALUES:
            self._values.clear()
        return self._values.setdefault(value, value)  # type: ignore[return-value]
