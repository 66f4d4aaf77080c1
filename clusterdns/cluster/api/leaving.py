"""The border of this package: errors leave it without secrets, and without what they come from.

What libraries raise holds URLs, headers and octets of answers, and a traceback would show it. So the chain of
causes ends here; what of it an operator needs stands in the sentence.
"""

import traceback
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from clusterdns.cluster.api.errors import ApiError, ApiUnforeseenError
from clusterdns.telemetry.redaction import Redactor

T = TypeVar("T")
ErrorT = TypeVar("ErrorT", bound=ApiError)


async def outward(asking: Awaitable[T], redactor: Redactor) -> T:
    """The result of a request; whatever it raises is an ApiError without secrets."""
    try:
        return await asking
    except ApiError as error:
        failure: ApiError = error
    except Exception as error:  # noqa: BLE001 (bugs of aiohttp, yarl and ssl, whose texts may hold anything)
        failure = _unforeseen(error)
    # Not raised where the other one is handled, which would be remembered as its context.
    raise redacted(failure, redactor)


def redacted(error: ErrorT, redactor: Redactor) -> ErrorT:
    """The error itself, without secrets in its text and without what it comes from."""
    error.redact(redactor)
    error.__cause__ = error.__context__ = None
    return error


def _unforeseen(error: Exception) -> ApiUnforeseenError:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    return ApiUnforeseenError(
        f"a bug, please report it: {type(error).__name__} in {place} when the API server was asked: {error}"
    )
