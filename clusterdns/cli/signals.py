"""What signals do while a server starts, serves and stops.

    TERM, first INT  finish what is in flight, then end with 0; at once if nothing serves yet
    second INT       end at once with 2
    QUIT             end at once with 0
    HUP              nothing
    USR1, USR2       a log line (CoreDNS reloads and upgrades on them)

A thread of its own hears them, through the pipe that Python's C handler writes to. So a second INT ends the
process also when a plugin holds the main thread up, and no signal is lost between the last look at what is
pending and the system call that waits.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

__all__ = ["Signals"]

LOGGER = logging.getLogger(__name__)


HEARD = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
)


class Signals:
    """Handles signals while its context is entered, which the main thread does.

    `end(status)` is called, in another thread, to end the process at once.
    """

    def __init__(self, end: Callable[[int], None]) -> None:
        self._end = end
        self._ask: Callable[[], None] | None = None
        self._asking = threading.Lock()
        self._interrupts = 0
        self._before: dict[signal.Signals, Any] = {}
        self._reading, self._writing = -1, -1
        self._thread = threading.Thread(target=self._listen, name="signals", daemon=True)

    def __enter__(self) -> Self:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, _nothing) for number in HEARD}
        self._thread.start()
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
    def asking(self, ask: Callable[[], None]) -> Generator[None]:
        """While the body runs, TERM and INT call `ask`, each time, instead of ending the process.

        `ask` is called in another thread, and never after the body has ended.
        """
        self._ask = ask
        try:
            yield
        finally:
            with self._asking:
                self._ask = None

    def _listen(self) -> None:
        while octet := os.read(self._reading, 1):
            self._on(octet[0])

    def _on(self, number: int) -> None:
        match number:
            case signal.SIGTERM:
                self._stop(number)
            case signal.SIGINT:
                self._interrupt()
            case signal.SIGQUIT:
                LOGGER.info("SIGQUIT: ending at once")
                self._end(0)
            case signal.SIGUSR1 | signal.SIGUSR2:
                LOGGER.warning("%s is not supported yet and ignored", signal.Signals(number).name)
            case _:
                pass

    def _interrupt(self) -> None:
        self._interrupts += 1
        if self._interrupts > 1:
            LOGGER.info("SIGINT again: ending at once")
            self._end(2)
        else:
            self._stop(signal.SIGINT)

    def _stop(self, number: int) -> None:
        LOGGER.info("%s: finishing what is in flight, then ending", signal.Signals(number).name)
        with self._asking:
            if self._ask is None:
                self._end(0)
            else:
                self._ask()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Be a handler, so that the signal does not do what it does by default."""
