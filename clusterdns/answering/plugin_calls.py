"""For which plugin a thread runs: found among the calls that lead to what it does.

The server calls plugins in a few places only, and each has the plugin at hand: as `origin`, or as the
`origin` of its `self`. The innermost of these calls tells.
"""

from collections.abc import Iterator
from types import FrameType
from typing import Final, NamedTuple

from clusterdns.answering.origin import Origin
from clusterdns.telemetry.stacks import CALLS_BACK, Place

__all__ = ["PluginCall", "plugin_call_in"]

SERVER: Final = "clusterdns."


class PluginCall(NamedTuple):
    """A call of a plugin by the server that goes on.

    `frame` is that of the caller, `turn` the one in which the event loop made its own call, None without
    a loop: a coroutine has one frame, but another turn each time that it goes on. `places` lead from the
    plugin to what it does, the innermost last.
    """

    origin: Origin
    frame: FrameType
    turn: FrameType | None
    places: tuple[Place, ...]

    def is_same_step(self, other: "PluginCall") -> bool:
        """Whether the plugin has not come back to the event loop, or to its caller, in between."""
        return self.frame is other.frame and self.turn is other.turn


def plugin_call_in(innermost: FrameType | None, *, of_task: Origin | None = None) -> PluginCall | None:
    """The innermost call of a plugin among those that lead to a frame; None if there is none.

    of_task: the plugin that made the task which runs there, if one did: then the event loop called it.
    """
    places: list[Place] = []
    for frame in _outwards(innermost):
        is_turn = _module_of(frame) == CALLS_BACK
        origin = of_task if is_turn else _origin_at(frame)
        if origin is not None:
            return PluginCall(origin, frame, _turn_of(frame), tuple(reversed(places)))
        if is_turn:
            break
        places.append(Place(_module_of(frame), frame.f_code.co_qualname, frame.f_lineno))
    return None


def _origin_at(frame: FrameType) -> Origin | None:
    if not _module_of(frame).startswith(SERVER):
        return None
    names = frame.f_locals
    for found in (names.get("origin"), getattr(names.get("self"), "origin", None)):
        if isinstance(found, Origin):
            return found
    return None


def _turn_of(frame: FrameType) -> FrameType | None:
    return next((outer for outer in _outwards(frame) if _module_of(outer) == CALLS_BACK), None)


def _module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "?"))


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
