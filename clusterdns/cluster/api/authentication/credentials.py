"""Our credentials for the API server: tokens, passwords and client certificates, some of which change."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from clusterdns.cluster.api.authentication.certificate_source import CertificateSource
from clusterdns.cluster.api.authentication.client_certificate import ClientCertificate
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.watched_file import ContentSource, WatchedFile
from clusterdns.cluster.api.errors import ApiConfigError

LARGEST_TOKEN: Final = 64 * 1024
"""Octets. API servers take headers of 1 MiB in all; tokens in use are a few thousand octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """The credentials of one request. authorization: the header's value, "" for none."""

    authorization: str = field(default="", repr=False)
    certificate: ClientCertificate | None = None


class Credentials(Protocol):
    """Where credentials come from. Both methods raise ApiConfigError, in one sentence."""

    async def current(self) -> Credential:
        """The credential for a request that is made now."""
        ...

    async def after(self, refused: Credential) -> Credential:
        """The credential after the server answered 401 to `refused`, looked up anew; often the same."""
        ...


class StoredCredentials:
    """Credentials in files and settings. `authorization` is used where there is no token.

    token: a bearer token; token_origin: where it is from, for the log.
    """

    def __init__(
        self,
        *,
        authorization: str = "",
        token: ContentSource | None = None,
        token_origin: str = "",
        certificate: CertificateSource | None = None,
    ) -> None:
        self._authorization = authorization
        self._token = token
        self._token_origin = token_origin
        self._certificate = certificate

    async def current(self) -> Credential:
        """As the files are now. Raises ApiConfigError."""
        return await self._read(anew=False)

    async def after(self, refused: Credential) -> Credential:
        """As the files are now, looked at even if that was a moment ago. Raises ApiConfigError."""
        del refused
        return await self._read(anew=True)

    async def _read(self, *, anew: bool) -> Credential:
        authorization = self._authorization
        if self._token is not None:
            authorization = bearer(await self._token.read(anew=anew), self._token_origin)
        certificate = await self._certificate.read(anew=anew) if self._certificate else None
        return Credential(authorization=authorization, certificate=certificate)


def bearer(token: bytes, origin: str) -> str:
    """The header's value for a token (RFC 6750 section 2.1). The text of the error does not hold it.

    Raises:
        ApiConfigError: it cannot stand in a header.
    """
    if len(token) > LARGEST_TOKEN:
        raise ApiConfigError(f"{origin} is too large for a token: expected at most {LARGEST_TOKEN} octets")
    text = token.decode("ascii", errors="replace").strip()
    if not text or not all("!" <= one <= "~" for one in text):
        raise ApiConfigError(f"{origin} holds no token: expected one line of visible ASCII characters")
    return f"Bearer {text}"


def basic(username: str, password: str) -> str:
    """The header's value for a user and a password (RFC 7617)."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def token_file(path: str, what: str, *, clock: Callable[[], float], refusals: Refusals) -> WatchedFile:
    """A file that holds a bearer token. Reads it, so not on the event loop.

    Raises:
        ApiConfigError: it cannot be read or holds no token.
    """
    check = partial(bearer, origin=f"{what} {path}")
    return WatchedFile(path, what, clock=clock, refusals=refusals, check=check)
