"""The command line: `clusterdns` serves; `check` and `plugins` help to get there. One file a command.

This file imports next to nothing: signals are in hand before anything that takes time is loaded, so that
Ctrl-C never shows a traceback.
"""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; without `argv` as this process' own command.

    0: all is well. 1: something is wrong with the Corefile or the machine. 2: wrong flags, or ended by a
    second interrupt.
    """
    if argv is None:
        _own_the_process()
        argv = sys.argv[1:]
    from clusterdns.cli.dispatch import dispatch  # noqa: PLC0415 - see above

    return dispatch(argv)


def _own_the_process() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_at_once)
    _open_standard_streams()


def _open_standard_streams() -> None:
    """Put nothing in the place of streams that were closed.

    Otherwise the first socket would get the number of standard output, and the log with it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - to stay open


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    """End as if the signal had not been caught: a shell sees 128 and its number."""
    os._exit(128 + number)
