"""The API's Status object: why something failed, as the body of an answer or in an ERROR event."""

from typing import Final

import msgspec

from clusterdns.cluster.api.errors import ApiStatusError
from clusterdns.cluster.api.target import Target
from clusterdns.telemetry.redaction import LONGEST_TEXT, one_line

LONGEST_WAIT: Final = 3600.0
"""Seconds; a server or proxy that asks for more is not believed."""


class Cause(msgspec.Struct, frozen=True):
    """One cause in the details."""

    reason: str | None = None


class Details(msgspec.Struct, frozen=True, rename="camel"):
    """The details that matter here."""

    retry_after_seconds: float | None = None
    causes: tuple[Cause, ...] | None = None


class Status(msgspec.Struct, frozen=True):
    """meta/v1 Status."""

    code: int | None = None
    reason: str | None = None
    message: str | None = None
    details: Details | None = None


def status_error(
    body: bytes, *, target: Target, endpoint: str, code: int = 500, retry_after: str = ""
) -> ApiStatusError:
    """The error that `body` tells of: a Status object in JSON, or else plain text (429 comes so).

    code: the HTTP status, or what is to be assumed if the Status object of an ERROR event has none.
    retry_after: the header's value, which counts before the details.
    """
    status = _status(body)
    details = status.details or Details()
    wait = _seconds(retry_after)
    return ApiStatusError(
        code=_known(status.code) or code,
        reason=status.reason or "",
        message=one_line(status.message or "", LONGEST_TEXT),
        retry_after=_bounded(details.retry_after_seconds) if wait is None else wait,
        causes=frozenset(cause.reason for cause in details.causes or () if cause.reason),
        target=target,
        endpoint=endpoint,
    )


def _status(body: bytes) -> Status:
    try:
        return msgspec.json.decode(body, type=Status)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Status(message=body.decode("utf-8", errors="replace"))


def _seconds(header: str) -> float | None:
    text = header.strip()
    return _bounded(float(text)) if text.isascii() and text.isdigit() else None


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _known(code: int | None) -> int | None:
    """A code that HTTP has, else None."""
    return code if code is not None and 100 <= code <= 599 else None
