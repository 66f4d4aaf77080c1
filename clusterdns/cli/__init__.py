"""The command line: `clusterdns [serve]`, `clusterdns check`, `clusterdns plugins`. One file a command.

This file imports next to nothing: signals are in hand before anything that takes time is loaded, so that
Ctrl-C never shows a traceback.
"""

import faulthandler
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
    from_shell = argv is None
    if from_shell:
        _own_the_process()
    from clusterdns.cli.dispatch import dispatch  # noqa: PLC0415 - see above

    status = dispatch(sys.argv[1:] if argv is None else argv)
    if from_shell:
        _wait_for_no_thread(status)
    return status


def _own_the_process() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_at_once)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the last resort of a server that ends
    _open_standard_streams()
    faulthandler.enable(all_threads=False)  # a word when the interpreter itself ends, as for want of memory


def _open_standard_streams() -> None:
    """Open /dev/null in the place of standard streams that were closed.

    Otherwise the first socket would get the number of standard output, and the log would be written to it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - to stay open


def _wait_for_no_thread(status: int) -> None:
    """End the process with `status` now if threads are left: the interpreter would wait for each of them."""
    import threading  # noqa: PLC0415 - see above

    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    """End as if the signal had not been caught: a shell sees 128 and its number."""
    os._exit(128 + number)
