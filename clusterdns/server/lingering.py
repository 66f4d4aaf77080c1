"""What is done between the request to stop and the stop, while queries are answered as before."""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

__all__ = ["Lingers", "lingering"]


@runtime_checkable
class Lingers(Protocol):
    """A part or a backend that has something to do before the server stops. All of them do it at once."""

    @property
    def linger_seconds(self) -> float:
        """How long that takes at most."""
        ...

    async def linger(self) -> None:
        """Do it."""


def lingering(parts: Iterable[object]) -> tuple[Lingers, ...]:
    """Those of `parts` that linger."""
    return tuple(part for part in parts if isinstance(part, Lingers))
