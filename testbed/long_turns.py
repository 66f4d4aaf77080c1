"""Turns of servers' event loops that took longer than 10 ms, as tests and benchmarks report them."""

import logging
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from clusterdns.cli.event_loop import BOUND_VARIABLE
from clusterdns.telemetry.turn_log import HELD_UP

__all__ = ["WATCHED", "LongTurn", "collected", "report", "turns_in"]

WATCHED: Final = {BOUND_VARIABLE: "10"}
"""What stands in the environment of a server whose turns are to be reported."""

LINE: Final = re.compile(
    rf"{HELD_UP} (?P<lasted>\d+) ms(?: so far)? \((?P<computed>\d+) ms of processor time\)"
)
LOGGER: Final = "clusterdns.telemetry.turn_log"


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTurn:
    """A turn: milliseconds that it took, those in which its thread computed, and the stack that was seen."""

    lasted: int
    computed: int
    stack: tuple[str, ...]

    @property
    def function(self) -> str:
        """The innermost one, "" where none was seen."""
        return re.sub(r":\d+ ", " ", self.stack[-1]) if self.stack else ""


def turns_in(log: str) -> Iterator[LongTurn]:
    """The long turns in a server's log."""
    found: re.Match[str] | None = None
    stack: list[str] = []
    for line in (*log.splitlines(), ""):
        if found is not None and line.startswith("  "):
            stack.append(line.strip())
            continue
        if found is not None:
            yield LongTurn(lasted=int(found["lasted"]), computed=int(found["computed"]), stack=tuple(stack))
            stack.clear()
        found = LINE.search(line)


def report(turns: Iterable[LongTurn]) -> Iterator[str]:
    """Lines: for each innermost function how many turns there were, and the stack of the longest."""
    groups: dict[str, list[LongTurn]] = {}
    for turn in turns:
        groups.setdefault(turn.function, []).append(turn)
    for group in sorted(groups.values(), key=lambda each: -max(turn.lasted for turn in each)):
        longest = max(group, key=lambda turn: turn.lasted)
        computed = max(turn.computed for turn in group)
        count = f"{len(group)} turn{'s' if len(group) > 1 else ''}"
        yield f"{count} over 10 ms: {longest.lasted} ms at most, computing for {computed} ms at most"
        yield from (f"    {line}" for line in longest.stack or ("nothing was seen of it",))


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.turns: list[LongTurn] = []

    def emit(self, record: logging.LogRecord) -> None:
        stack = "".join(f"\n  {line}" for line in (record.stack_info or "").splitlines())
        self.turns.extend(turns_in(record.getMessage() + stack))


@contextmanager
def collected() -> Generator[list[LongTurn]]:
    """A list to which long turns of the servers in this process are added while the context is entered."""
    collector, logger = _Collector(), logging.getLogger(LOGGER)
    logger.addHandler(collector)
    try:
        yield collector.turns
    finally:
        logger.removeHandler(collector)
