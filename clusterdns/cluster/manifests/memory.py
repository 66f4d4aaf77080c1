"""Memory given back in steps.

To forget a list of a hundred thousand objects takes tens of milliseconds, in one call, in which no other
thread gets the interpreter. So does a collection of the garbage collector while such a list is there.
"""

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from clusterdns.cluster.manifests.yielding import YieldToLoop

BATCH: Final = 200
"""Things that are given back at a time."""

NEVER: Final = 1 << 20
"""More collections of the middle generation than there will be, before one of all."""

_LOCK: Final = threading.Lock()


def give_back(value: Any, yield_to_loop: YieldToLoop) -> None:
    """Empty a list or dictionary that nobody needs any more, and those that are in it."""
    left: list[Any] = [value]
    while left:
        item = left.pop()
        while isinstance(item, dict | list) and item:
            left.extend(inner for inner in _taken(item) if isinstance(inner, dict | list))
            yield_to_loop()


def _taken(item: dict[Any, Any] | list[Any]) -> list[Any]:
    """Up to BATCH of the values in a list or dictionary, which no longer holds them."""
    if isinstance(item, dict):
        return [item.popitem()[1] for _ in range(min(BATCH, len(item)))]
    found = item[-BATCH:]
    del item[-BATCH:]
    return found


@contextmanager
def rarely_collected() -> Generator[None]:
    """Hold the garbage collector off from looking at everything while the body makes much that stays.

    Several threads may do so at the same time: each adds to the threshold and takes away what it added.
    """
    _raise_threshold(NEVER)
    try:
        yield
    finally:
        _raise_threshold(-NEVER)


def _raise_threshold(by: int) -> None:
    with _LOCK:
        young, middle, old = gc.get_threshold()
        gc.set_threshold(young, middle, old + by)
