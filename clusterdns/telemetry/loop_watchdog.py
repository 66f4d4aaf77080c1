"""A watchdog of the event loop: turns that last too long are logged with the stack that held them up.

A thread looks at the loop some times within the bound. From half the bound on it notes at each look what
the loop's thread is doing; once the turn has ended, the log says how long it took, and where the thread
was seen most often. A turn that does not end is logged while it lasts.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Final, NamedTuple, TypeAlias

from clusterdns.telemetry.loop_turns import TimedSelector, Turn
from clusterdns.telemetry.stacks import Stack, read_stack
from clusterdns.telemetry.turn_log import LongTurn, TurnLog

__all__ = ["LoopWatchdog"]

LOGGER = logging.getLogger(__name__)

LATE_SECONDS: Final = 0.005
"""By which a look may be late: a thread that computes gives way to others after so long
(sys.getswitchinterval)."""

STUCK_BOUNDS: Final = 10
"""A turn that lasts for so many times the bound is logged before it has ended."""

Frames: TypeAlias = Callable[[], Mapping[int, FrameType]]
OwnerOf: TypeAlias = Callable[[FrameType], str | None]


def nobody(_frame: FrameType) -> None:
    """Stand for who cannot tell whose code runs."""


class Sample(NamedTuple):
    """A stack, and whose code runs in it, where that is known."""

    stack: Stack = ()
    owner: str | None = None


@dataclass(slots=True)
class Samples:
    """The stacks seen in one turn. `processor`: the thread's processor time before it."""

    turn: int
    processor: float
    seen: dict[tuple[str, str], tuple[int, Sample]] = field(default_factory=dict)
    is_logged: bool = False

    def add(self, sample: Sample) -> None:
        """Count a stack among those that end in the same function."""
        key = sample.stack[-1].module, sample.stack[-1].function
        times, first = self.seen.get(key, (0, sample))
        self.seen[key] = times + 1, first

    @property
    def most_seen(self) -> Sample:
        """The one seen most often, without a stack if none was."""
        return max(self.seen.values(), key=lambda each: each[0], default=(0, Sample()))[1]


class LoopWatchdog:
    """Watches the loop that runs in the thread which starts it.

    `bound`: seconds that a turn may last. `clock` is that of the selector. `owner_of` says of a frame whose
    code it runs, where it knows.
    """

    def __init__(
        self,
        selector: TimedSelector,
        log: TurnLog,
        *,
        bound: float,
        clock: Callable[[], float] = time.monotonic,
        frames: Frames = sys._current_frames,  # pyright: ignore[reportPrivateUsage] - documented, and the only way
        owner_of: OwnerOf = nobody,
    ) -> None:
        self._selector = selector
        self._log = log
        self._bound = bound
        self._clock = clock
        self._frames = frames
        self._owner_of = owner_of
        self._samples = Samples(0, 0.0)
        self._processor = 0.0
        self._take_thread()
        self._has_ended = False

    def start(self) -> None:
        """Begin to look, in a thread. Nobody waits for it: it ends with the process."""
        self._take_thread()
        try:
            threading.Thread(target=self._run, name="loop watchdog", daemon=True).start()
        except RuntimeError as error:  # no more threads for this user, or no memory for one
            LOGGER.warning("long turns of the event loop will not be logged: %s", error)

    def stop(self) -> None:
        """Look no more."""
        self._has_ended = True

    def look(self) -> None:
        """Look once: log the turns that have ended and were too long, note the stack of a long one."""
        before, self._processor = self._processor, time.clock_gettime(self._thread_clock)
        self._log_ended(before)
        turn, began = self._selector.ended + 1, self._selector.began
        lasts = self._clock() - began
        if not began or lasts < self._bound / 2:
            return
        if self._samples.turn != turn:
            self._samples = Samples(turn, before)
        self._sample(turn)
        if lasts >= self._bound * STUCK_BOUNDS and not self._samples.is_logged:
            self._samples.is_logged = self._write(lasts, ended=False)

    def _take_thread(self) -> None:
        self._loops_thread = threading.get_ident()
        self._thread_clock = time.pthread_getcpuclockid(self._loops_thread)

    def _run(self) -> None:
        pause = max(self._bound / 2 - LATE_SECONDS, self._bound / 4)
        while not self._has_ended:
            self.look()
            time.sleep(pause)  # half of what waiting for an Event costs

    def _sample(self, turn: int) -> None:
        frame = self._frames().get(self._loops_thread)
        sample = Sample() if frame is None else Sample(read_stack(frame), self._owner_of(frame))
        if sample.stack and self._selector.ended + 1 == turn:
            self._samples.add(sample)

    def _log_ended(self, before: float) -> None:
        """`before`: the thread's processor time when it was last looked at."""
        newest = self._selector.newest
        while newest:
            turn: Turn = newest.popleft()
            if turn.seconds > self._bound:
                if self._samples.turn != turn.number:
                    self._samples = Samples(turn.number, before)
                self._write(turn.seconds, ended=True)

    def _write(self, lasted: float, *, ended: bool) -> bool:
        """Whether there is a line. The end of a turn that has one already gets one, too."""
        samples = self._samples
        stack, owner = samples.most_seen
        turn = LongTurn(
            stack=stack,
            owner=owner,
            seconds=lasted,
            processor_seconds=min(lasted, self._processor - samples.processor),
            has_ended=ended,
        )
        return self._log.write(turn, now=self._clock(), anyway=samples.is_logged)
