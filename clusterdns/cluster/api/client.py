"""The client: GET on an API server, whole answers or streams of documents."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Final, Self

from clusterdns.cluster.api.authentication.access import Access, ProcessEnvironment
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.resolving import resolve
from clusterdns.cluster.api.blocking import BlockingCalls
from clusterdns.cluster.api.errors import ApiConfigError, ApiError, ApiProtocolError
from clusterdns.cluster.api.leaving import outward, redacted
from clusterdns.cluster.api.limits import Limits
from clusterdns.cluster.api.observer import NoRequestObserver, Observer
from clusterdns.cluster.api.request import METHOD, Request
from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.api.stream import DocumentStream
from clusterdns.cluster.api.streamed_response import StreamedResponse
from clusterdns.cluster.api.timeouts import Timeouts
from clusterdns.cluster.api.urls import host_and_port
from clusterdns.telemetry.redaction import Redactor

if TYPE_CHECKING:
    from clusterdns.cluster.api.sender import Sender

PREPARE_SECONDS: Final = 15.0
"""Seconds that finding the access may take: it reads a few files, which may be on a mount that is gone."""

LARGEST_BODY: Final = 16 * 1024 * 1024
"""Octets of an answer that is one object. Lists are read while they arrive."""

JSON: Final = "application/json"
NO_PARAMS: Final[Mapping[str, str]] = MappingProxyType({})


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
    ApiProtocolError (one that breaks the protocol), ApiConfigError (credentials that have gone bad since) or
    ApiUnforeseenError (a bug), without secrets in their texts; and nothing else. Cancelling a call closes
    its connection.
    """

    def __init__(
        self,
        settings: ApiSettings,
        *,
        process: ProcessEnvironment | None = None,
        timeouts: Timeouts | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._settings = settings
        self._process = process or ProcessEnvironment()
        self._timeouts = timeouts or Timeouts()
        self._observer = observer or NoRequestObserver()
        self._limits = Limits(settings, clock=self._process.clock)
        self._refusals = Refusals()
        self._redactor = Redactor()
        self._entered: Sender | None = None

    async def __aenter__(self) -> Self:
        """Find the API server's access.

        Raises:
            ApiConfigError: something that the settings point to is missing or wrong.
        """
        access, make = await self._prepared()
        self._refusals, self._redactor = access.refusals, access.redactor
        self._entered = make(access, timeouts=self._timeouts, observer=self._observer, process=self._process)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._sender.close()

    def complaints(self) -> tuple[str, ...]:
        """The files of the access that have gone bad since it was found, a line each."""
        return self._refusals.lines()

    @property
    def endpoint(self) -> str:
        """The base URL that is asked at present."""
        return self._sender.endpoints.current

    def leave(self, endpoint: str) -> None:
        """`endpoint` answers but does not serve, a watch of it went silent, say: ask the next from now on."""
        self._sender.endpoints.leave(endpoint)

    async def get(
        self,
        path: str,
        params: Mapping[str, str] = NO_PARAMS,
        *,
        largest: int = LARGEST_BODY,
    ) -> Response:
        """A whole answer of at most `largest` octets."""
        async with self.answer(path, params) as answer:
            whole = await outward(_whole(answer, largest=largest), self._redactor)
            return Response(body=whole, endpoint=answer.endpoint)

    @asynccontextmanager
    async def answer(
        self,
        path: str,
        params: Mapping[str, str] = NO_PARAMS,
        *,
        accept: str = JSON,
        compressed: bool = False,
    ) -> AsyncGenerator[StreamedResponse, None]:
        """An answer with an end, to be read while it arrives. `compressed` asks for gzip: fewer octets, more
        CPU. Without it no compression is asked for: next to the API server the network is faster than zlib.
        """
        async with self._limits.place() as waited:
            self._observer.waited(METHOD, host_and_port(self.endpoint), seconds=waited)
            request = Request(path=path, params=params, accept=accept, compressed=compressed)
            body = await outward(self._sender.send(request), self._redactor)
            try:
                yield StreamedResponse(body, patience=self._timeouts.body)
            except ApiError as error:
                raise redacted(error, self._redactor) from None
            finally:
                body.close()

    @asynccontextmanager
    async def stream(
        self, path: str, params: Mapping[str, str] = NO_PARAMS, *, accept: str = JSON
    ) -> AsyncGenerator[DocumentStream, None]:
        """An answer without end: entering returns when its headers are there, leaving closes it."""
        async with self._limits.place() as waited:
            self._observer.waited(METHOD, host_and_port(self.endpoint), seconds=waited)
            request = Request(path=path, params=params, accept=accept)
            body = await outward(self._sender.send(request), self._redactor)
        try:
            yield DocumentStream(body, body.endpoint)
        except ApiError as error:
            raise redacted(error, self._redactor) from None
        finally:
            body.close()

    async def _prepared(self) -> tuple[Access, "type[Sender]"]:
        prepare = partial(_prepare, self._settings, self._process)
        try:
            return await BlockingCalls("API access").run(prepare, seconds=PREPARE_SECONDS)
        except TimeoutError:
            raise ApiConfigError(
                f"the files that lead to the API server were not read within {PREPARE_SECONDS:g} s"
            ) from None
        except OSError as error:
            raise ApiConfigError(f"the way to the API server cannot be looked up: {error}") from error

    @property
    def _sender(self) -> "Sender":
        if self._entered is None:
            raise RuntimeError("ApiClient is used before it is entered")
        return self._entered


def _prepare(settings: ApiSettings, process: ProcessEnvironment) -> tuple[Access, "type[Sender]"]:
    from clusterdns.cluster.api.sender import Sender  # noqa: PLC0415 (aiohttp costs who watches no cluster)

    return resolve(settings, process), Sender


async def _whole(answer: StreamedResponse, *, largest: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := await answer.read():
        chunks.append(chunk)
        size += len(chunk)
        if size > largest:
            raise ApiProtocolError(
                f"the API server {answer.endpoint} sent an answer of more than {largest} octets: "
                "expected at most that"
            )
    return b"".join(chunks)
