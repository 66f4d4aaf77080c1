"""The handling of signals while a server starts, serves and stops.

    first TERM or INT    finish what is in flight, then end with 0; at once if nothing serves yet
    second of the two    end at once: with 0 by TERM, with 2 by INT
    QUIT                 end at once with 0
    HUP                  nothing
    USR1, USR2           a log line (CoreDNS reloads and upgrades on them)

A thread of its own hears them, through the pipe that Python's C handler writes to. So a signal ends the
process also when a plugin holds the main thread up, and none is lost between the last look at what is
pending and the system call that waits. The same thread counts down to the latest end: another one could not
be started any more where threads are limited. When the time is over the system's own timer ends the process
(SIGALRM), should something hold the interpreter or this very thread.
"""

import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, Final, NamedTuple, Self, TypeAlias

from clusterdns.threads import NoThreadError, start_thread

__all__ = ["LAST_RESORT_SECONDS", "End", "Signals", "no_timer"]

LOGGER = logging.getLogger(__name__)

LAST_RESORT_SECONDS: Final = 1.0
"""How long before the system's timer runs out this thread ends the process, in better order than that."""

HEARD: Final = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
STATUSES: Final = {signal.SIGTERM: 0, signal.SIGINT: 2}
"""With which a second signal of these two ends the process."""

NEVER: Final = float("inf")

WAKE: Final = b"\0"
"""What is written to the pipe where no signal has this number: look at the clock again."""

End: TypeAlias = Callable[[int], None]
"""Ends the process at once, with this exit status. Called in any thread."""


def no_timer(seconds: float) -> None:
    """Start no timer: for tests, whose process is to live on."""
    del seconds


class _Latest(NamedTuple):
    """The latest end of the process: the time on the clock, and the exit status."""

    time: float
    status: int


class _Asked(NamedTuple):
    """The call for a first TERM or INT, and the function for the seconds that the end may take after it."""

    ask: Callable[[], None]
    longest: Callable[[], float]


class Signals:
    """Handles signals while its context is entered, which the main thread does.

    `end` ends the process at once. `timer(seconds)` starts the system's own timer, which ends the process.
    """

    def __init__(
        self,
        end: End,
        *,
        timer: Callable[[float], None] = no_timer,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._end = end
        self._timer = timer
        self._clock = clock
        self._asked: _Asked | None = None
        self._asking = threading.Lock()
        self._latest: _Latest | None = None
        self._stops = 0
        self._before: dict[signal.Signals, Any] = {}
        self._reading, self._writing = -1, -1
        self._thread = threading.Thread(target=self._listen, name="signals", daemon=True)

    def __enter__(self) -> Self:
        """Install the handlers and start the thread.

        Raises:
            NoThreadError: the system starts no further thread.
        """
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        try:
            start_thread(self._thread)
        except NoThreadError:
            os.close(self._writing)
            os.close(self._reading)
            raise
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._in_main_thread) for number in HEARD}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self._writing)
        self._thread.join()
        os.close(self._reading)

    @contextmanager
    def asking(self, ask: Callable[[], None], longest: Callable[[], float]) -> Generator[None]:
        """While the body runs, a first TERM or INT calls `ask` instead of ending the process.

        The process is ended `longest()` seconds after that. `ask` is called in another thread, and never
        after the body has ended.
        """
        self._asked = _Asked(ask, longest)
        try:
            yield
        finally:
            with self._asking:
                self._asked = None

    def end_within(self, seconds: float, status: int) -> None:
        """End the process in `seconds` if it is still there. The first call, or signal, decides.

        For the thread that entered the context.
        """
        self._count_down(seconds, status)
        with suppress(BlockingIOError):  # a full pipe wakes the other thread, too
            os.write(self._writing, WAKE)

    def _count_down(self, seconds: float, status: int) -> None:
        if self._latest is None:
            self._latest = _Latest(self._clock() + seconds - LAST_RESORT_SECONDS, status)
            self._timer(seconds)

    def _listen(self) -> None:
        poll = select.poll()
        poll.register(self._reading, select.POLLIN)
        while True:
            if not poll.poll(self._milliseconds_left()):
                self._give_up()
            elif octet := os.read(self._reading, 1):
                self._hear(octet[0])
            else:
                return

    def _milliseconds_left(self) -> float | None:
        if self._latest is None or self._latest.time == NEVER:
            return None
        return max(0.0, self._latest.time - self._clock()) * 1000

    def _give_up(self) -> None:
        if self._latest is not None and self._clock() >= self._latest.time:
            status = self._latest.status
            self._latest = _Latest(NEVER, status)
            LOGGER.error("the server did not stop in time; ending without it")
            self._end(status)

    def _hear(self, number: int) -> None:
        try:
            self._on(number)
        except Exception:
            LOGGER.exception("a bug in what a signal does")  # the next one must be heard all the same

    def _on(self, number: int) -> None:
        match number:
            case signal.SIGTERM | signal.SIGINT:
                self._stop(signal.Signals(number))
            case signal.SIGQUIT:
                LOGGER.info("SIGQUIT: ending at once")
                self._end(0)
            case signal.SIGUSR1 | signal.SIGUSR2:
                LOGGER.warning("%s is not supported yet and ignored", signal.Signals(number).name)
            case _:
                pass

    def _stop(self, number: signal.Signals) -> None:
        self._stops += 1
        if self._stops > 1:
            LOGGER.info("%s again: ending at once", number.name)
            self._end(STATUSES[number])
            return
        LOGGER.info("%s: finishing what is in flight, then ending", number.name)
        with self._asking:
            if self._asked is None:
                self._end(0)
            else:
                self._count_down(self._asked.longest(), 0)
                self._asked.ask()

    def _in_main_thread(self, number: int, _frame: FrameType | None) -> None:
        """Start the last resort here, too: a regular expression that goes on for ever calls handlers, and
        yet gives the interpreter to no other thread."""
        asked = self._asked
        if number in STATUSES and asked is not None and self._latest is None:
            self._timer(asked.longest())
