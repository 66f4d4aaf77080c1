"""The errors of requests to an API server. Each text is one sentence for the log.

An error may hold what the server, a proxy or a library said, until `redact` has been called, which is done
where it leaves this package. It is then one bounded line without secrets.
"""

from enum import Enum
from typing import Final

from clusterdns.cluster.api.target import Target
from clusterdns.telemetry.redaction import Redactor

EXPIRED: Final = frozenset({"Expired", "Gone"})
VERSION_TOO_LARGE: Final = "ResourceVersionTooLarge"


LONGEST_MESSAGE: Final = 300
"""Characters of a message of the server, a proxy or a library."""


class ApiError(Exception):
    """The root of all that this package raises."""

    def redact(self, redactor: Redactor) -> None:
        """Take secrets out of its text."""
        self.args = (redactor.line(str(self)),)


class ApiConfigError(ApiError):
    """The way to the API server is not as it should be: a file, a context, a certificate, a plugin.

    Raised when the client is made, and later if something that is read again has gone bad by then.
    """


class Unreachable(Enum):
    """Why there was no answer."""

    REFUSED = "refused"
    NO_NAME = "no such name"
    NO_ROUTE = "no route"
    CONNECT_TIMEOUT = "connect time-out"
    NO_HEADERS = "no headers"
    NO_BODY = "no body"
    LOST = "connection lost"
    WRONG_AUTHORITY = "certificate of an unknown authority"
    WRONG_HOST = "certificate for another host"
    EXPIRED_CERTIFICATE = "expired certificate"
    TLS = "tls"
    PROXY = "proxy"


class ApiUnreachable(ApiError):
    """No answer, or it broke off: the connection failed or went silent. `endpoint` is the base URL."""

    def __init__(self, sentence: str, *, reason: Unreachable, endpoint: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.endpoint = endpoint


class ApiStatusError(ApiError):
    """The API server answered with another status than 200.

    code: the HTTP status. reason: that of the Status object, such as "Expired", "Forbidden", "Timeout"; ""
    if the body is none. message: that of the Status object, or the body's text. retry_after: seconds that
    the server asks to wait, None if it does not say. causes: the reasons in the details. target: what
    was asked for.
    """

    def __init__(
        self,
        *,
        code: int,
        reason: str,
        message: str,
        retry_after: float | None,
        causes: frozenset[str],
        target: Target,
        endpoint: str,
    ) -> None:
        super().__init__(_sentence(code, message, target=target, endpoint=endpoint))
        self.code = code
        self.reason = reason
        self.message = message
        self.retry_after = retry_after
        self.causes = causes
        self.target = target
        self.endpoint = endpoint

    def redact(self, redactor: Redactor) -> None:
        """Take secrets out of its text and its message, which is cut."""
        self.message = redactor.line(self.message, longest=LONGEST_MESSAGE)
        self.reason = redactor.line(self.reason, longest=LONGEST_MESSAGE)
        self.causes = frozenset(redactor.line(cause, longest=LONGEST_MESSAGE) for cause in self.causes)
        sentence = _sentence(self.code, self.message, target=self.target, endpoint=self.endpoint)
        self.args = (redactor.line(sentence),)

    @property
    def expired(self) -> bool:
        """Whether the version or the page asked for is too old to be known."""
        return self.code == 410 or self.reason in EXPIRED

    @property
    def throttled(self) -> bool:
        """Whether the server asks for fewer requests."""
        return self.code == 429

    @property
    def version_too_large(self) -> bool:
        """Whether the version asked for is one that the server has not reached, and perhaps never will."""
        # Servers before 1.18 name no cause, only the message tells.
        return VERSION_TOO_LARGE in self.causes or (
            self.code == 504 and "too large resource version" in self.message.lower()
        )


class ApiProtocolError(ApiError):
    """The answer breaks the protocol: a document over the bound, or one that ends in its middle."""


class ApiUnforeseenError(ApiError):
    """Something that no part of this package expects was raised, by a library most likely."""


def _sentence(code: int, message: str, *, target: Target, endpoint: str) -> str:
    said = f": {message}" if message else ""
    if code == 401:
        return f"the API server {endpoint} does not accept our credentials (401), they may have expired{said}"
    if code == 403:
        return f"the API server {endpoint} forbids us to {target} (403): {target.missing_rule()}{said}"
    return f"the API server {endpoint} answered {code} when asked to {target}{said}"
