"""The lines of the log about turns of the event loop that took too long."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clusterdns.telemetry.stacks import Stack, owner_in

__all__ = ["HELD_UP", "QUIET_SECONDS", "LongTurn", "TurnLog"]

LOGGER = logging.getLogger(__name__)

HELD_UP: Final = "the event loop was held up for"
"""How each line begins."""

QUIET_SECONDS: Final = 60.0
"""One line for each function in this time; the next one says how many there were not."""

MOST_FUNCTIONS: Final = 100
"""Functions that are remembered for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTurn:
    """A turn: where it was seen, how long it took or takes, and for how much of that its thread computed.

    A thread that computes less waited: for the disk, in `time.sleep`, or for a processor. `owner`: whose code
    ran, as a line is to say it; None where only the packages in the stack can tell.
    """

    stack: Stack
    seconds: float
    processor_seconds: float
    has_ended: bool
    owner: str | None = None

    def __str__(self) -> str:
        lasted = f"{self.seconds * 1e3:.0f} ms{'' if self.has_ended else ' so far'}"
        return f"{HELD_UP} {lasted} ({self.processor_seconds * 1e3:.0f} ms of processor time)"


class TurnLog:
    """Logs turns, at most one in `quiet` seconds for the same innermost function.

    `packages`: the plugins by the name of their package, so that a line says whose code it was.
    """

    def __init__(self, packages: Mapping[str, str], *, quiet: float = QUIET_SECONDS) -> None:
        self._packages = packages
        self._quiet = quiet
        self._logged: dict[tuple[str, str], tuple[float, int]] = {}

    def write(self, turn: LongTurn, *, now: float, anyway: bool = False) -> bool:
        """Log a turn. False if it is left out: its function had a line lately, and not `anyway`."""
        left_out = self._left_out(turn.stack, now, anyway=anyway)
        if left_out is None:
            return False
        package = owner_in(turn.stack, self._packages)
        owner = turn.owner or (f"plugin {package}" if package else "")
        message = f"{turn} by {owner}" if owner else str(turn)
        if left_out:
            message += f"; {left_out} such lines were left out"
        text = "\n".join(map(str, turn.stack)) or None
        LOGGER.handle(
            LOGGER.makeRecord(LOGGER.name, logging.WARNING, __file__, 0, message, (), None, sinfo=text)
        )
        return True

    def _left_out(self, stack: Stack, now: float, *, anyway: bool) -> int | None:
        """How many lines were left out since the last one, None if this one is, too."""
        key = (stack[-1].module, stack[-1].function) if stack else ("", "")
        since, left_out = self._logged.get(key, (-self._quiet, 0))
        if now - since < self._quiet and not anyway:
            self._logged[key] = since, left_out + 1
            return None
        if len(self._logged) >= MOST_FUNCTIONS:
            self._logged.clear()
        self._logged[key] = now, 0
        return left_out
