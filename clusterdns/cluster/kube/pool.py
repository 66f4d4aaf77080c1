"""Sharing of equal values, so that ten thousand Services with one port tuple hold it once."""

import sys
from typing import Final, TypeVar

from clusterdns.cluster.port import Port

T = TypeVar("T", str, tuple[Port, ...])

LONGEST_TEXT: Final = 253
"""Characters of a text that is shared: names of Kubernetes objects are no longer."""

MOST_PORTS: Final = 16
"""Ports of a tuple that is shared: one of 20,000 has no like, and to look for one takes a millisecond."""

MOST_VALUES: Final = 8192
MOST_OCTETS: Final = 1024 * 1024


class Pool:
    """Gives back the first of equal values, if they are small: others are nobody's but their object's.

    Bounded in values and octets. What was not asked for while as much again came is forgotten, so values that
    only versions of the past had do not stay.
    """

    __slots__ = ("_octets", "_older", "_recent")

    def __init__(self) -> None:
        self._recent: dict[object, object] = {}
        self._older: dict[object, object] = {}
        self._octets = 0

    def __call__(self, value: T) -> T:
        """The value to keep instead of `value`: equal to it, and of its type."""
        if _is_long(value):
            return value
        found = self._recent.get(value)
        return self._remember(value) if found is None else found  # type: ignore[return-value]

    def _remember(self, value: T) -> T:
        octets = _octets(value)
        if octets > MOST_OCTETS // 2:
            return value
        if len(self._recent) >= MOST_VALUES // 2 or self._octets + octets > MOST_OCTETS // 2:
            self._recent, self._older, self._octets = {}, self._recent, 0
        kept: T = self._older.pop(value, value)  # type: ignore[assignment]
        self._recent[kept] = kept
        self._octets += octets
        return kept


def _is_long(value: str | tuple[Port, ...]) -> bool:
    return len(value) > (LONGEST_TEXT if isinstance(value, str) else MOST_PORTS)


def _octets(value: str | tuple[Port, ...]) -> int:
    if isinstance(value, str):
        return sys.getsizeof(value)
    return sum(sys.getsizeof(part) for port in value for part in (port, port.name, port.protocol))
