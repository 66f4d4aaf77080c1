"""The time that the garbage collector takes on a thread: whoever makes an object pays for all there are."""

import gc
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

__all__ = ["CollectorTime"]


class CollectorTime:
    """Measures the collections on the thread that makes it, by `clock`, while it is entered.

    seconds: of those that have ended. is_collecting: whether one goes on now.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seconds = 0.0
        self.is_collecting = False
        self._clock = clock
        self._thread = threading.get_ident()
        self._began = 0.0

    def __enter__(self) -> Self:
        gc.callbacks.append(self.note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gc.callbacks.remove(self.note)

    def note(self, phase: str, info: dict[str, Any]) -> None:
        """Note that a collection begins or ends: see `gc.callbacks`."""
        del info
        if threading.get_ident() != self._thread:
            return
        self.is_collecting = phase == "start"
        if self.is_collecting:
            self._began = self._clock()
        else:
            self.seconds += self._clock() - self._began
