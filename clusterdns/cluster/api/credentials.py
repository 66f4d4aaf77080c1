"""Who we are to the API server: tokens, passwords and client certificates, some of which change."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A certificate (with its chain) and its key, PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


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
