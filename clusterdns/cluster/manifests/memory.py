"""Memory given back in steps.

To forget a list of a hundred thousand objects takes tens of milliseconds, in one call, in which no other
thread gets the interpreter. So does a collection of the garbage collector while such a list is there.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from clusterdns.cluster.manifests.breath import Breathe

BATCH: Final = 200
"""Things that are given back at a time."""

NEVER: Final = 1 << 30
"""Collections of the middle generation before one of all."""


def give_back(value: Any, breathe: Breathe) -> None:
    """Empty a list or dictionary that nobody needs any more, and those that are in it."""
    left: list[Any] = [value]
    while left:
        item = left.pop()
        while isinstance(item, dict | list) and item:
            left.extend(inner for inner in _taken(item) if isinstance(inner, dict | list))
            breathe()


def _taken(item: dict[Any, Any] | list[Any]) -> list[Any]:
    """Up to BATCH of the values in a list or dictionary, which no longer holds them."""
    if isinstance(item, dict):
        return [item.popitem()[1] for _ in range(min(BATCH, len(item)))]
    found = item[-BATCH:]
    del item[-BATCH:]
    return found


@contextmanager
def rarely_collected() -> Generator[None]:
    """Hold the garbage collector off from looking at everything while the body makes much that stays."""
    before = gc.get_threshold()
    gc.set_threshold(*before[:2], NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
