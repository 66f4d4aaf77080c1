"""An HTTP listener with the few pages of one configuration.

aiohttp is imported when a listener starts, so a server without one does not pay for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, Self

from clusterdns.connections import Connections
from clusterdns.telemetry.metrics import SharingContext
from clusterdns.web.address import WebAddress
from clusterdns.web.port import WebPort
from clusterdns.web.request import BodyTooLargeError, WebRequest, read_request

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from aiohttp import web

__all__ = ["Answer", "Page", "WebListener", "shared_listener"]

SERVER: Final = "clusterdns"
"""What replies call it; which versions of which libraries is nobody's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The answer to one request."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/plain; charset=utf-8"})


NOT_FOUND: Final = Page(body=b"404 page not found\n", status=404)
TOO_LARGE: Final = Page(body=b"413 the body is too large\n", status=413)
TOO_SLOW: Final = Page(body=b"408 the body did not come in time\n", status=408)

Answer = Callable[[WebRequest], Awaitable[Page]]
"""From a request to a page."""


class _Answering(NamedTuple):
    """The function for a path, and the most octets of a request's body."""

    answer: Answer
    most_octets: int


class ListenerContext(SharingContext, Protocol):
    """A plugin's context, as far as the server's listeners are found through it."""

    @property
    def generation(self) -> int:
        """The number of the configuration that is being built."""
        ...


class WebListener:
    """Pages by their path, on one address, while it is entered; it closes with its last page.

    A request for anything else is 404, whatever the method: probes need not know which one is right. The
    `port` may show the pages of another configuration still; it is open for both then, and shows these from
    `take_over` on.
    """

    def __init__(self, address: WebAddress, port: WebPort | None = None) -> None:
        self._port = port or WebPort(address)
        self._load: Callable[[], ssl.SSLContext | None] = lambda: None
        self._tls: ssl.SSLContext | None = None
        self._pages: dict[str, _Answering] = {}

    @property
    def endpoints(self) -> tuple[tuple[str, int], ...]:
        """The addresses bound."""
        return self._port.endpoints

    @property
    def connections(self) -> Connections:
        """The open connections."""
        return self._port.connections

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The TLS context, once it is entered; None for HTTP."""
        return self._tls

    def add(self, path: str, answer: Answer, *, most_octets: int = 0) -> None:
        """Answer requests for `path` by `answer`, unless it has an answer already.

        A request's body may have `most_octets`, else it is answered 413; of 0 no body is read, and whatever
        is sent is passed over.
        """
        self._pages.setdefault(path, _Answering(answer, most_octets))

    def encrypt(self, load: Callable[[], ssl.SSLContext]) -> None:
        """Speak HTTPS with what `load` gives at the start."""
        self._load = load

    def check(self) -> None:
        """Read what HTTPS needs and start nothing.

        Raises:
            CorefileError: as what `encrypt` was given raises it.
        """
        self._load()

    async def remove(self, path: str) -> None:
        """Answer `path` no more; if it was the last one, refuse connections. It need not be there."""
        self._pages.pop(path, None)
        if not self._pages:
            await self._port.close(self)

    def take_over(self) -> None:
        """Show these pages from now on, in the place of another configuration's."""
        self._port.show(self)

    async def __aenter__(self) -> Self:
        """Bind and begin to answer, unless another configuration's pages are shown there.

        Raises:
            CorefileError: the address cannot be listened on; or what `encrypt` was given raises.
        """
        self._tls = self._load()
        await self._port.open(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish what is being answered and close, unless another configuration's pages are shown by now."""
        await self._port.close(self)

    async def respond(self, request: web.BaseRequest) -> web.Response:
        """The page that `request` asks for."""
        from aiohttp import web  # noqa: PLC0415 - see above

        page = await self._page(request)
        response = web.Response(
            body=page.body, status=page.status, headers={**page.headers, "Server": SERVER}
        )
        if page is TOO_LARGE or page is TOO_SLOW:
            response.force_close()  # where the next request begins is not known
        return response

    async def _page(self, request: web.BaseRequest) -> Page:
        answering = self._pages.get(request.path)
        if answering is None:
            return NOT_FOUND
        try:
            asked = await read_request(request, most_octets=answering.most_octets)
        except BodyTooLargeError:
            return TOO_LARGE
        except TimeoutError:
            return TOO_SLOW
        return await answering.answer(asked)


def shared_listener(context: ListenerContext, address: WebAddress) -> WebListener:
    """The listener on `address`: one for all plugins of all blocks that name it. The port stays open when a
    configuration follows that has a listener there, too."""
    port = context.shared(("web port", address), lambda: WebPort(address))
    return context.shared((address, context.generation), lambda: WebListener(address, port))
