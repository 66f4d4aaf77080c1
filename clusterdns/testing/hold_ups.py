"""Plugins that hold the event loop up: nobody would be answered meanwhile.

A thread looks, a hundred times a second, at what the loop's thread does. As long as it is in one step of one
plugin, the time counts in which it computes, or waits in a call such as `time.sleep`. Time in which it could
run but another program has the processor does not count, so a busy machine makes no mistake out of none. Nor
does the garbage collector: how much it looks at is the whole process's doing.
"""

import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self, TypeAlias

from clusterdns.answering.origin import Origin
from clusterdns.answering.plugin_calls import PluginCall, plugin_call_in
from clusterdns.testing.collector_time import CollectorTime
from clusterdns.threads import start_thread

__all__ = ["LONGEST_STEP", "HoldUps"]

LONGEST_STEP: Final = 0.1
"""Seconds that one step of a plugin may hold the event loop up."""

PAUSE: Final = 0.01
"""Seconds between two looks."""

LONGEST_LOOK: Final = 2 * PAUSE
"""What a look counts for at most: when they are further apart, the looking thread was held up itself."""

IDLE: Final = 0.001
"""A thread that computed less between two looks was waiting."""

Frames: TypeAlias = Callable[[], Mapping[int, FrameType]]


class HoldUps:
    """Looks at the thread that makes it, while it is entered.

    task_origin: the plugin that made the task which runs now. frames: of all threads, by their number.
    """

    def __init__(
        self,
        *,
        task_origin: Callable[[], Origin | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        processor_clock: Callable[[], float] | None = None,
        frames: Frames = sys._current_frames,  # pyright: ignore[reportPrivateUsage] - documented, and the only way
        is_waiting: Callable[[], bool] | None = None,
    ) -> None:
        self._thread = threading.get_ident()
        thread_clock = time.pthread_getcpuclockid(self._thread)
        self._task_origin = task_origin
        self._clock = clock
        self._processor_clock = processor_clock or (lambda: time.clock_gettime(thread_clock))
        self._frames = frames
        self._is_waiting = is_waiting or _Waiting(threading.get_native_id())
        self._call: PluginCall | None = None
        self._held = 0.0
        self._collector = CollectorTime(self._processor_clock)
        self._seen_at = self._clock(), self._computed()
        self._lines: list[str] = []
        self._end = threading.Event()
        self._looking = threading.Thread(target=self._run, name="hold-ups", daemon=True)

    def __enter__(self) -> Self:
        self._collector.__enter__()
        start_thread(self._looking)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._looking.join()
        self._collector.__exit__(kind, error, trace)
        self._call = None

    def mistakes(self) -> tuple[str, ...]:
        """A line for each step that lasted too long since this was asked for last, and its stack."""
        lines, self._lines = tuple(self._lines), []
        return lines

    def look(self) -> None:
        """Look once."""
        if self._collector.is_collecting:
            return
        before, self._seen_at = self._seen_at, (self._clock(), self._computed())
        passed, computed = (now - then for now, then in zip(self._seen_at, before, strict=True))
        last, self._call = self._call, self._find_call()
        if self._call is None or last is None or not last.is_same_step(self._call):
            self._held = 0.0
            return
        known = self._held
        if computed > IDLE:
            self._held += computed
        elif self._is_waiting():
            self._held += min(passed, LONGEST_LOOK)
        if known <= LONGEST_STEP < self._held:
            self._lines.append(_line(self._call))

    def _computed(self) -> float:
        """Seconds of processor time of the loop's thread, without those of the collector."""
        return self._processor_clock() - self._collector.seconds

    def _find_call(self) -> PluginCall | None:
        return plugin_call_in(self._frames().get(self._thread), of_task=self._task_origin())

    def _run(self) -> None:
        while not self._end.wait(PAUSE):
            self.look()


class _Waiting:
    """Whether a thread waits for something but a processor, as far as the system tells (Linux: proc(5))."""

    def __init__(self, thread: int) -> None:
        self._status = Path(f"/proc/self/task/{thread}/stat")

    def __call__(self) -> bool:
        try:
            status = self._status.read_bytes()
        except OSError:  # another system: that it computes nothing has to do
            return True
        return status.rpartition(b")")[2].split()[0] == b"S"


def _line(call: PluginCall) -> str:
    stack = "".join(f"\n  {place}" for place in call.places)
    bound = f"{LONGEST_STEP * 1e3:.0f} ms"
    return f"{call.origin}: held up the event loop for more than {bound} in one step:{stack}"
