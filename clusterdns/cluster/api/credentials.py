"""Who we are to the API server: tokens, passwords and client certificates, some of which change."""

from dataclasses import dataclass, field
from typing import Protocol

from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.cluster.api.watched_file import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A certificate (with its chain) and its key, PEM. origin: where they are from, for the log."""

    certificate: bytes
    key: bytes = field(repr=False)
    origin: str = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What one request is sent with. authorization: the header's value, "" for none."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSource:
    """A client certificate and its key, both perhaps replaced one day."""

    certificate: Source
    key: Source
    origin: str

    async def read(self, *, anew: bool = False) -> ClientCertificate:
        """Both, as they are now. Raises ApiConfigError."""
        return ClientCertificate(
            certificate=await self.certificate.read(anew=anew),
            key=await self.key.read(anew=anew),
            origin=self.origin,
        )


class StoredCredentials:
    """Credentials in files and settings. `authorization` is used where there is no token.

    token: a bearer token; token_origin: where it is from, for the log.
    """

    def __init__(
        self,
        *,
        authorization: str = "",
        token: Source | None = None,
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
    text = token.decode("ascii", errors="replace").strip()
    if not text or not all("!" <= one <= "~" for one in text):
        raise ApiConfigError(f"{origin} holds no token: expected one line of visible ASCII characters")
    return f"Bearer {text}"
