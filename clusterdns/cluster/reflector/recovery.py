"""The rules by which a reflector goes on after an error: a table from errors to recoveries.

The first row that fits counts. Each error is explained where it is defined.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Final, NamedTuple, TypeAlias

from clusterdns.cluster.api.errors import ApiError, ApiStatusError
from clusterdns.cluster.reflector.health.troubles import (
    DoubtedWatchError,
    EndlessListError,
    SilentWatchError,
    may_be_due_to_streaming,
    refuses_streaming,
)

__all__ = ["Knowledge", "Log", "NextList", "Others", "Recovery", "Situation", "Wait", "recovery_from"]


class Situation(NamedTuple):
    """The state of a reflector when the error occurred.

    lists: it was listing. streams: by a streaming list, if it was. reads_anew: without a version, so that
    none can be wrong. has_expired: its version had expired before, and no event has come since.
    """

    lists: bool
    streams: bool
    reads_anew: bool
    has_expired: bool


class Knowledge(Enum):
    """Whether the version that a reflector holds may still be used."""

    KEPT = auto()
    FORGOTTEN = auto()
    """The server does not know the version any more."""
    DOUBTED = auto()
    """The version may be of another history than the server's."""


class Others(Enum):
    """Whether the watches of other resources may be of a lost history, too."""

    TRUSTED = auto()
    SUSPECTED = auto()
    DOUBTED = auto()


class NextList(Enum):
    """The way of the next lists: streaming, or in pages."""

    AS_BEFORE = auto()
    OTHERWISE = auto()
    """In pages once instead of streaming, or the reverse."""
    PAGES_ONCE = auto()
    PAGES = auto()


class Log(Enum):
    """The log line for an error."""

    NOTHING = auto()
    FAILURE = auto()
    LIST_AGAIN = auto()


class Wait(Enum):
    """The pause before the next attempt."""

    NOTHING = auto()
    BRIEFLY = auto()
    BACKOFF = auto()


class Recovery(NamedTuple):
    """The reaction of a reflector to an error."""

    log: Log
    knowledge: Knowledge = Knowledge.KEPT
    others: Others = Others.TRUSTED
    next_list: NextList = NextList.AS_BEFORE
    wait: Wait = Wait.NOTHING


Fits: TypeAlias = Callable[[ApiError, Situation], bool]


def recovery_from(error: ApiError, situation: Situation) -> Recovery:
    """The recovery of the first row of RECOVERIES that fits."""
    return next(recovery for fits, recovery in RECOVERIES if fits(error, situation))


def _is_silent(error: ApiError, _: Situation) -> bool:
    return isinstance(error, SilentWatchError)


def _is_doubted(error: ApiError, _: Situation) -> bool:
    return isinstance(error, DoubtedWatchError)


def _is_ahead_of_server(error: ApiError, situation: Situation) -> bool:
    return isinstance(error, ApiStatusError) and error.version_too_large and not situation.reads_anew


def _has_expired(error: ApiError, _: Situation) -> bool:
    return isinstance(error, ApiStatusError) and error.expired


def _has_expired_again(error: ApiError, situation: Situation) -> bool:
    return _has_expired(error, situation) and situation.has_expired


def _has_expired_listing(error: ApiError, situation: Situation) -> bool:
    return _has_expired(error, situation) and situation.lists


def _is_refused(error: ApiError, situation: Situation) -> bool:
    """Whether a list was refused in the way of a server that does not know streaming lists."""
    return situation.lists and (refuses_streaming(error) or isinstance(error, EndlessListError))


def _is_refused_stream(error: ApiError, situation: Situation) -> bool:
    return _is_refused(error, situation) and situation.streams


def _is_empty_stream(error: ApiError, situation: Situation) -> bool:
    return _is_refused_stream(error, situation) and isinstance(error, EndlessListError) and error.is_empty


def _is_failed_list(error: ApiError, situation: Situation) -> bool:
    return situation.lists and may_be_due_to_streaming(error)


def _is_any(_error: ApiError, _: Situation) -> bool:
    return True


FORGOTTEN: Final = Knowledge.FORGOTTEN
DOUBTED: Final = Knowledge.DOUBTED
BACKOFF: Final = Wait.BACKOFF

RECOVERIES: Final[tuple[tuple[Fits, Recovery], ...]] = (
    (_is_silent, Recovery(Log.FAILURE, DOUBTED, Others.SUSPECTED)),
    (_is_doubted, Recovery(Log.LIST_AGAIN, DOUBTED)),
    (_is_ahead_of_server, Recovery(Log.NOTHING, DOUBTED, Others.DOUBTED)),
    # Ordinary once. Twice without an event between is a failure as any other.
    (_has_expired_again, Recovery(Log.FAILURE, FORGOTTEN, wait=BACKOFF)),
    (_has_expired_listing, Recovery(Log.LIST_AGAIN, FORGOTTEN)),
    (_has_expired, Recovery(Log.LIST_AGAIN, FORGOTTEN, wait=Wait.BRIEFLY)),
    (_is_empty_stream, Recovery(Log.LIST_AGAIN, next_list=NextList.PAGES_ONCE)),
    (_is_refused_stream, Recovery(Log.LIST_AGAIN, next_list=NextList.PAGES)),
    (_is_refused, Recovery(Log.FAILURE, wait=BACKOFF)),
    (_is_failed_list, Recovery(Log.FAILURE, next_list=NextList.OTHERWISE, wait=BACKOFF)),
    (_is_any, Recovery(Log.FAILURE, wait=BACKOFF)),
)
