"""Whom we trust to be the API server, and the TLS contexts that say so."""

import asyncio
import re
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from clusterdns.cluster.api.credentials import ClientCertificate
from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.cluster.api.watched_file import Given, Source, WatchedFile

CERTIFICATE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How the server's certificate is verified.

    authority: PEM, None for the system's authorities; origin: where that is from, for the log. server_name:
    the name in the certificate, "" for the host of the URL. insecure: no verification at all.
    """

    authority: Source | None = field(default=None, compare=False)
    origin: str = "the system's authorities"
    server_name: str = ""
    insecure: bool = False


def authority_file(path: str, *, clock: Callable[[], float]) -> WatchedFile:
    """A file of authorities, looked at. Reads it, so not on the event loop.

    Raises:
        ApiConfigError: it cannot be read or holds no certificate.
    """
    file = WatchedFile(path, "the certificate authority file", clock=clock)
    check_authority(file.content, path)
    return file


def authority_data(pem: bytes, origin: str) -> Given:
    """Authorities given as PEM. Raises ApiConfigError if there are none."""
    check_authority(pem, origin)
    return Given(pem)


def check_authority(pem: bytes, origin: str) -> None:
    """Raises ApiConfigError unless `pem` holds certificates that can be read."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=_certificates(pem, origin))
    except ssl.SSLError as error:
        raise ApiConfigError(
            f"{origin} holds no certificate authority that can be read: {_said(error)}"
        ) from error


def check_pair(certificate: bytes, key: bytes, *, origin: str) -> None:
    """Raises ApiConfigError unless both can be read and belong together."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _load_pair(context, ClientCertificate(certificate=certificate, key=key, origin=origin))


class Contexts:
    """Makes the TLS context, anew only when what it is made of has changed.

    Connections are kept apart by context, so after a change no old one is used again.
    """

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._made_of: tuple[bytes | None, ClientCertificate | None] | None = None
        self._context: ssl.SSLContext | None = None
        self._lock = asyncio.Lock()

    async def context(self, certificate: ClientCertificate | None) -> ssl.SSLContext:
        """The context for a request of now.

        Raises:
            ApiConfigError: a certificate cannot be read, or key and certificate are no pair.
        """
        async with self._lock:
            authority = None if self._trust.authority is None else await self._trust.authority.read()
            made_of = (authority, certificate)
            if self._context is None or made_of != self._made_of:
                self._context = await asyncio.to_thread(make_context, self._trust, authority, certificate)
                self._made_of = made_of
            return self._context


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
        context.load_verify_locations(cadata=_certificates(authority, trust.origin))
    if certificate is not None:
        _load_pair(context, certificate)
    return context


def _load_pair(context: ssl.SSLContext, pair: ClientCertificate) -> None:
    # The standard library reads pairs from files only. The folder is ours alone (mode 0700), for a moment.
    try:
        with tempfile.TemporaryDirectory(prefix="clusterdns-") as folder:
            certificate, key = Path(folder, "certificate"), Path(folder, "key")
            certificate.write_bytes(pair.certificate)
            key.write_bytes(pair.key)
            context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise ApiConfigError(f"{pair.origin} are no pair that can be read: {_said(error)}") from error
    except (OSError, ValueError) as error:
        raise ApiConfigError(f"{pair.origin} cannot be loaded: {error}") from error


def _no_password() -> str:
    raise ValueError("the key is encrypted, expected one without a password")


def _certificates(pem: bytes, origin: str) -> str:
    # Bundles carry comments in any encoding between the certificates; ssl takes ASCII only.
    found = CERTIFICATE.findall(pem)
    if not found:
        raise ApiConfigError(f"{origin} holds no certificate: expected PEM, -----BEGIN CERTIFICATE-----")
    return b"\n".join(found).decode("ascii", errors="replace")


def _said(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()
