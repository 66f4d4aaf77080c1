"""The client: GET on an API server, whole answers or streams of documents."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from clusterdns.cluster.api.access import Surroundings
from clusterdns.cluster.api.observer import Observer
from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.api.stream import DocumentStream

LARGEST_BODY: Final = 512 * 1024 * 1024
JSON: Final = "application/json"
NO_PARAMS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. connect: name, TCP and TLS together. headers: from the request to the answer's headers.
    body: between two pieces of a whole answer. Streams have none: their silence is judged by their reader.
    """

    connect: float = 10.0
    headers: float = 60.0
    body: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole answer of status 200. endpoint: the base URL that gave it."""

    body: bytes
    endpoint: str


class ApiClient:
    """Asks one API server, known under one or several URLs; shared by all who watch the same cluster.

        async with ApiClient(settings) as client:
            page = await client.get("/api/v1/services", {"limit": "500"})
            async with client.stream("/api/v1/services", {"watch": "true"}) as stream:
                async for documents in stream:
                    ...

    Entering reads files and imports aiohttp; it asks no server. The methods may be called by any number of
    tasks at once. All of them raise ApiStatusError (an answer that is not 200), ApiUnreachable (none),
    ApiProtocolError (one that breaks the protocol) or ApiConfigError (credentials that have gone bad since).
    Cancelling a call closes its connection.
    """

    def __init__(
        self,
        settings: ApiSettings,
        *,
        surroundings: Surroundings | None = None,
        timeouts: Timeouts | None = None,
        observer: Observer | None = None,
    ) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Find the API server's access.

        Raises:
            ApiConfigError: something that the settings point to is missing or wrong.
        """
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        raise NotImplementedError

    @property
    def endpoint(self) -> str:
        """The base URL that is asked at present."""
        raise NotImplementedError

    async def get(
        self,
        path: str,
        params: Mapping[str, str] = NO_PARAMS,
        *,
        accept: str = JSON,
        compressed: bool = False,
        largest: int = LARGEST_BODY,
    ) -> Response:
        """A whole answer of at most `largest` octets. `compressed` asks for gzip: fewer octets, more CPU."""
        raise NotImplementedError

    def stream(
        self, path: str, params: Mapping[str, str] = NO_PARAMS, *, accept: str = JSON
    ) -> AbstractAsyncContextManager[DocumentStream]:
        """An answer without end: entering returns when its headers are there."""
        raise NotImplementedError
