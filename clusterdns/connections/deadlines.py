"""Equal time-outs for many things without a timer each."""

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

__all__ = ["Deadlines"]

T = TypeVar("T", bound=Hashable)


class Deadlines(Generic[T]):
    """Things in the order in which they were armed, so that the oldest is first and expires first.

    `seconds` is the time-out of all of them, `monotonic` the clock that it is measured on; `on_arm` is told
    of each thing whose time-out starts.
    """

    __slots__ = ("_armed", "_monotonic", "_on_arm", "_seconds")

    def __init__(
        self, seconds: float, monotonic: Callable[[], float], *, on_arm: Callable[[T], None] | None = None
    ) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._on_arm = on_arm
        self._armed: dict[T, float] = {}

    def arm(self, thing: T) -> None:
        """Start the time-out of `thing` anew."""
        self._armed.pop(thing, None)
        self._armed[thing] = self._monotonic()
        if self._on_arm is not None:
            self._on_arm(thing)

    def arm_once(self, thing: T) -> None:
        """Start the time-out of `thing` unless it runs already."""
        if thing not in self._armed:
            self.arm(thing)

    def disarm(self, thing: T) -> None:
        """End the time-out of `thing`, if it has one."""
        self._armed.pop(thing, None)

    def oldest(self) -> T | None:
        """The thing that was armed first, None if none is armed."""
        return next(iter(self._armed), None)

    def __contains__(self, thing: T) -> bool:
        """Whether the time-out of `thing` runs."""
        return thing in self._armed

    def pop_expired(self) -> Iterator[T]:
        """Take out, oldest first, whatever has been armed for longer than the time-out."""
        while self._armed:
            thing, since = next(iter(self._armed.items()))
            if self._monotonic() - since < self._seconds:
                return
            del self._armed[thing]
            yield thing
