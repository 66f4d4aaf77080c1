"""The authorities that the API server's certificate is verified by, and TLS contexts with them."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from clusterdns.cluster.api.authentication.client_certificate import ClientCertificate, load_pair, tls_words
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.watched_file import ContentSource, FixedContent, WatchedFile
from clusterdns.cluster.api.blocking import BlockingCalls
from clusterdns.cluster.api.errors import ApiConfigError

BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
END: Final = b"-----END CERTIFICATE-----"

MAKE_SECONDS: Final = 10.0
"""Seconds that making a context may take: the system's authorities are files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How the server's certificate is verified.

    authority: PEM, None for the system's authorities; origin: where that is from, for the log. server_name:
    the name in the certificate, "" for the host of the URL. insecure: no verification at all.
    """

    authority: ContentSource | None = field(default=None, compare=False)
    origin: str = "the system's authorities"
    server_name: str = ""
    insecure: bool = False


def authority_file(path: str, *, clock: Callable[[], float], refusals: Refusals) -> WatchedFile:
    """A file of authorities, looked at. Reads it, so not on the event loop.

    Raises:
        ApiConfigError: it cannot be read or holds no certificate.
    """
    what = "the certificate authority file"
    check = partial(check_authority, origin=path)
    return WatchedFile(path, what, clock=clock, refusals=refusals, check=check)


def authority_data(pem: bytes, origin: str) -> FixedContent:
    """Authorities given as PEM. Raises ApiConfigError if there are none."""
    check_authority(pem, origin)
    return FixedContent(pem)


def check_authority(pem: bytes, origin: str) -> None:
    """Raises ApiConfigError unless `pem` holds certificates that can be read."""
    _load_authorities(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pem, origin)


class Contexts:
    """Makes the TLS context, anew only when what it is made of has changed.

    Connections are kept apart by context, so after a change no old one is used again.
    """

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._made_of: tuple[bytes | None, ClientCertificate | None] | None = None
        self._context: ssl.SSLContext | None = None
        self._lock = asyncio.Lock()
        self._calls = BlockingCalls("TLS context")

    async def context(self, certificate: ClientCertificate | None) -> ssl.SSLContext:
        """The context for a request of now.

        Raises:
            ApiConfigError: a certificate cannot be read, or key and certificate are no pair.
        """
        async with self._lock:
            authority = None if self._trust.authority is None else await self._trust.authority.read()
            made_of = (authority, certificate)
            if self._context is None or made_of != self._made_of:
                self._context = await self._make(authority, certificate)
                self._made_of = made_of
            return self._context

    async def _make(self, authority: bytes | None, certificate: ClientCertificate | None) -> ssl.SSLContext:
        make = partial(make_context, self._trust, authority, certificate)
        try:
            return await self._calls.run(make, seconds=MAKE_SECONDS)
        except TimeoutError:
            late = f"TLS with {self._trust.origin} was not set up within {MAKE_SECONDS:g} s"
            raise ApiConfigError(late) from None
        except OSError as error:
            raise ApiConfigError(f"TLS with {self._trust.origin} cannot be set up: {error}") from error


def make_context(
    trust: Trust, authority: bytes | None, certificate: ClientCertificate | None
) -> ssl.SSLContext:
    """A context for clients. Slow with the system's authorities: not on the event loop.

    Raises:
        ApiConfigError: a certificate cannot be read, or key and certificate are no pair.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Clusters' authorities often lack the key identifier that strict verification (on from Python 3.13)
    # asks for, and some are intermediate ones; other clients of Kubernetes accept both.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if trust.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif authority is None:
        context.load_default_certs()
    else:
        _load_authorities(context, authority, trust.origin)
    if certificate is not None:
        load_pair(context, certificate)
    return context


def _load_authorities(context: ssl.SSLContext, pem: bytes, origin: str) -> None:
    try:
        for certificate in _certificates(pem, origin):
            # One by one: each is brief, and other threads run in between.
            context.load_verify_locations(cadata=certificate.decode("ascii"))
    except ssl.SSLError as error:
        said = tls_words(error)
        raise ApiConfigError(f"{origin} holds no certificate authority that can be read: {said}") from error
    except ValueError as error:
        raise ApiConfigError(f"{origin} holds a certificate that is no PEM: expected ASCII") from error


def _certificates(pem: bytes, origin: str) -> Iterator[bytes]:
    """Each certificate. What is between them is passed over: bundles carry comments in any encoding."""
    end = 0
    if BEGIN not in pem:
        raise ApiConfigError(f"{origin} holds no certificate: expected PEM, {BEGIN.decode()}")
    while (start := pem.find(BEGIN, end)) >= 0:
        end = pem.find(END, start)
        if end < 0:
            raise ApiConfigError(f"{origin} ends in the middle of a certificate: expected {END.decode()}")
        yield pem[start : end + len(END)]
