"""Sends the log to one descriptor for the time that a command runs.

Everything under `clusterdns` is logged from INFO on (the plugin `debug` lowers that), other libraries
from WARNING on.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from clusterdns.telemetry.lines import LineFormatter
from clusterdns.telemetry.writer import LogHandler, LogWriter

__all__ = ["LONGEST_FLUSH", "logging_to"]

LONGEST_FLUSH = 1.0
"""Seconds that the end of the process waits for a reader of the log that does not read."""


@contextmanager
def logging_to(fd: int) -> Generator[LogWriter]:
    """Send the log of this process to the descriptor `fd`; gives the writer, for lines without a level.

    Raises:
        NoThreadError: the system starts no further thread.
    """
    writer = LogWriter(fd, LineFormatter().format)
    handler = LogHandler(writer)
    everybody, ours = logging.getLogger(), logging.getLogger("clusterdns")
    level = ours.level
    writer.start()
    everybody.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield writer
    finally:
        everybody.removeHandler(handler)
        ours.setLevel(level)
        writer.close(LONGEST_FLUSH)
