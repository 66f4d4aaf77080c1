"""The stack of a thread as short lines, and the plugin whose code runs in it."""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import FrameType
from typing import Final, NamedTuple, TypeAlias

__all__ = ["Place", "Stack", "owner_in", "read_stack"]

CALLS_BACK: Final = "asyncio.events"
"""The module of the event loop that calls what was asked for, and..."""

TURN: Final = "BaseEventLoop._run_once"
"""...the method that is one turn. What lies further outwards is the same in every stack."""

DEEPEST: Final = 50
"""Calls that are kept of a stack, the innermost ones."""


class Place(NamedTuple):
    """A line that runs: its module, the function's qualified name, and the number of the line."""

    module: str
    function: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.function}"


Stack: TypeAlias = tuple[Place, ...]
"""The innermost call last."""


def read_stack(frame: FrameType) -> Stack:
    """The calls that lead to a frame, from the one that the event loop made; the last 50 of them."""
    return tuple(reversed(list(islice(_outwards(frame), DEEPEST))))


def owner_in(stack: Stack, packages: Mapping[str, str]) -> str | None:
    """The owner of the innermost call's code, None if unknown. `packages`: owners by package name."""
    for place in reversed(stack):
        parts = place.module.split(".")
        for length in range(len(parts), 0, -1):
            if owner := packages.get(".".join(parts[:length])):
                return owner
    return None


def _outwards(frame: FrameType | None) -> Iterator[Place]:
    """From the innermost call to the one that the event loop made."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", "?"))
        if module == CALLS_BACK:
            return
        yield Place(module, frame.f_code.co_qualname, frame.f_lineno)
        if frame.f_code.co_qualname == TURN:
            return
        frame = frame.f_back
