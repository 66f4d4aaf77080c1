"""From what aiohttp, ssl and the kernel raise to one sentence that an operator can act upon.

The sentences hold messages of others as they are: leaving.py redacts them on their way out.
"""

import ssl
from dataclasses import dataclass
from typing import Final

import aiohttp

from clusterdns.cluster.api.errors import ApiError, ApiProtocolError, ApiUnreachable, Unreachable

RAISED: Final = (aiohttp.ClientError, OSError)
"""All that a request or the reading of its answer raises."""

# OpenSSL's numbers for why a certificate was not accepted (X509_V_ERR_...).
NOT_YET_VALID: Final = 9
EXPIRED: Final = 10
UNKNOWN_AUTHORITY: Final = frozenset({2, 18, 19, 20, 21})
OTHER_HOST: Final = frozenset({62, 64})


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Makes the errors of one API server. origin: where the authorities we trust are from."""

    origin: str
    connect_timeout: float
    headers_timeout: float

    def request(self, error: Exception, endpoint: str) -> ApiError:
        """Why a request has no answer."""
        if isinstance(error, aiohttp.ClientHttpProxyError):
            answer = f"it answers {error.status} {error.message}"
            return _unreachable(Unreachable.PROXY, endpoint, f"is not reached by the proxy: {answer}")
        if isinstance(error, aiohttp.ClientProxyConnectionError):
            return _unreachable(Unreachable.PROXY, endpoint, f"is not reached by the proxy: {_said(error)}")
        if (found := _tls_error(error)) is not None:
            return self._tls(found, endpoint)
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return _unreachable(
                Unreachable.NO_NAME, endpoint, f"has a name that is not found: {_said(error)}"
            )
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            late = f"was not connected within {self.connect_timeout:g} s"
            return _unreachable(Unreachable.CONNECT_TIMEOUT, endpoint, late)
        if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ClientOSError):
            late = f"took the request and did not begin to answer within {self.headers_timeout:g} s"
            return _unreachable(Unreachable.NO_HEADERS, endpoint, late)
        if isinstance(error, aiohttp.ClientResponseError):
            return ApiProtocolError(f"the API server {endpoint} does not speak HTTP: {error.message.strip()}")
        return _connection(error, endpoint)

    def _tls(self, error: ssl.SSLError, endpoint: str) -> ApiUnreachable:
        if not isinstance(error, ssl.SSLCertVerificationError):
            return _unreachable(Unreachable.TLS, endpoint, _tls_words(error))
        said = error.verify_message.rstrip(".")
        if error.verify_code in UNKNOWN_AUTHORITY:
            words = f"has a certificate that no authority of {self.origin} has signed: {said}"
            return _unreachable(Unreachable.WRONG_AUTHORITY, endpoint, words)
        if error.verify_code in OTHER_HOST:
            return _unreachable(Unreachable.WRONG_HOST, endpoint, f"has another host's certificate: {said}")
        if error.verify_code in {EXPIRED, NOT_YET_VALID}:
            words = f"has a certificate that does not hold now (is the clock right?): {said}"
            return _unreachable(Unreachable.EXPIRED_CERTIFICATE, endpoint, words)
        return _unreachable(Unreachable.TLS, endpoint, f"has a certificate that is not accepted: {said}")


def lost(error: Exception, endpoint: str) -> ApiUnreachable:
    """Why an answer broke off."""
    if (found := _tls_error(error)) is not None:
        return _unreachable(Unreachable.TLS, endpoint, _tls_words(found))
    return _unreachable(Unreachable.LOST, endpoint, f"broke off its answer{_because(error)}")


def _connection(error: Exception, endpoint: str) -> ApiUnreachable:
    if isinstance(error, aiohttp.ClientConnectorError):
        cause = error.os_error
        if isinstance(cause, ConnectionRefusedError):
            return _unreachable(Unreachable.REFUSED, endpoint, "refuses connections")
        return _unreachable(Unreachable.NO_ROUTE, endpoint, f"is not reached: {_said(cause)}")
    return _unreachable(
        Unreachable.LOST, endpoint, f"closed the connection without an answer{_because(error)}"
    )


def _unreachable(reason: Unreachable, endpoint: str, words: str) -> ApiUnreachable:
    return ApiUnreachable(f"the API server {endpoint} {words}", reason=reason, endpoint=endpoint)


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """The first one in the chain: aiohttp wraps them, some as plain errors of the connection."""
    while error is not None:
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            error = error.certificate_error
        elif isinstance(error, ssl.SSLError) and not isinstance(error, aiohttp.ClientError):
            return error
        else:
            error = error.__cause__
    return None


def _tls_words(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if reason == "WRONG_VERSION_NUMBER":
        return "does not speak TLS on this port: is it an http:// URL?"
    if "ALERT" in reason:
        return f"does not accept our client certificate: {reason.replace('_', ' ').lower()}"
    return f"fails to set up TLS: {(reason or str(error)).replace('_', ' ').lower()}"


def _because(error: BaseException) -> str:
    """The cause to append to a sentence on a connection that ended too early, "" if the sentence says it all:
    aiohttp's own texts are long and in its terms.
    """
    if isinstance(error, aiohttp.ClientPayloadError):
        return ": the connection was cut in the middle of it"
    return "" if isinstance(error, aiohttp.ServerDisconnectedError) else f": {_said(error)}"


def _said(error: BaseException) -> str:
    """The system's words, without the wrapping."""
    if isinstance(error, aiohttp.ClientConnectorError):
        error = error.os_error
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
