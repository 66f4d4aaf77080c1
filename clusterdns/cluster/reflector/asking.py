"""Protocols of the client that reflectors use, as clusterdns.cluster.api.ApiClient implements them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol, Self

from clusterdns.cluster.api.client import Response
from clusterdns.cluster.api.framing import Document
from clusterdns.cluster.api.streamed_response import StreamedResponse


class Documents(Protocol):
    """A stream as clusterdns.cluster.api.DocumentStream is one."""

    @property
    def endpoint(self) -> str:
        """The base URL that sends it."""
        ...

    def __aiter__(self) -> Self: ...

    async def __anext__(self) -> Sequence[Document]: ...


class Api(Protocol):
    """A client as clusterdns.cluster.api.ApiClient is one; all methods raise ApiError."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def leave(self, endpoint: str, /) -> None:
        """`endpoint` answers but does not serve: ask another one, if there is one."""
        ...

    async def get(self, path: str, params: Mapping[str, str], /) -> Response:
        """A whole answer, of one object."""
        ...

    def answer(
        self, path: str, params: Mapping[str, str], /
    ) -> AbstractAsyncContextManager[StreamedResponse]:
        """An answer with an end, to be read while it arrives."""
        ...

    def stream(self, path: str, params: Mapping[str, str], /) -> AbstractAsyncContextManager[Documents]:
        """An answer without end."""
        ...
