"""Repeated lines of the log: an operation that fails at each attempt is logged once a minute, not each time.

Two kinds are written once a minute: a traceback that ends in the same line of code, and what is said to fail
while the machine has no descriptors, memory or threads left. All others are left alone.
"""

import copy
import errno
import logging
import os
import time
from collections.abc import Callable, Hashable, Iterator
from typing import Final

from clusterdns.seldom import MORE, Seldom

__all__ = ["MOST_KNOWN", "Repeats"]

MOST_KNOWN: Final = 256
"""Kinds of lines that are remembered; the one known longest is forgotten for one more."""

SHORTAGES: Final = (
    *(os.strerror(number) for number in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS)),
    "MemoryError",
    "can't start new thread",
)
"""How errors of a machine without resources read; each spoils the work of many at the same time."""


class Repeats:
    """Decides, on the clock `monotonic`, which records are written. May be used by several threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._known: dict[Hashable, Seldom] = {}

    def passed(self, record: logging.LogRecord) -> logging.LogRecord | None:
        """The record to be written, with the number of those left out before, or None for none."""
        kind = _kind(record)
        if kind is None:
            return record
        left_out = self._seldom(kind).left_out()
        if left_out is None:
            return None
        if not left_out:
            return record
        told = copy.copy(record)
        told.msg, told.args = record.getMessage() + MORE % left_out, None
        return told

    def _seldom(self, kind: Hashable) -> Seldom:
        known = self._known.get(kind)
        if known is None:
            while len(self._known) >= MOST_KNOWN:
                self._known.pop(next(iter(self._known)), None)
            known = self._known[kind] = Seldom(self._monotonic)
        return known


def _kind(record: logging.LogRecord) -> tuple[Hashable, ...] | None:
    """A key that is equal for records that repeat each other; None if the record is always written."""
    if record.levelno < logging.WARNING:
        return None
    if record.exc_info and record.exc_info[1] is not None:
        return record.name, *_origin(record.exc_info[1])
    try:
        message = record.getMessage()
    except Exception:  # noqa: BLE001 - any argument's __str__ may fail; whoever formats the line says so
        return None
    shortage = next((text for text in SHORTAGES if text in message), None)
    return None if shortage is None else (record.name, shortage)


def _origin(error: BaseException) -> Iterator[Hashable]:
    """The type of an error, and the file and line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    yield type(error).__qualname__
    if trace is not None:
        yield trace.tb_frame.f_code.co_filename
        yield trace.tb_lineno
