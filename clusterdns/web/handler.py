"""One connection that speaks HTTP: what is malformed is answered 400, and is a line of the log at most once a
minute.

To be imported when a listener starts: it loads aiohttp.
"""

import asyncio
import logging
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from clusterdns.seldom import Seldom

__all__ = ["Handler"]

LONGEST_LINE: Final = 2048
LONGEST_HEADER: Final = 4096
MOST_HEADERS: Final = 64
"""What the head of a request may have at most, so 0.25 MB. That of Prometheus or a kubelet has 1 kB."""

LINGERING_SECONDS: Final = 1.0
"""How long the body of a request is read, which nobody wants, so that its sender reads the answer."""

LONGEST_REASON: Final = 100
"""Characters of what is said to be malformed."""

_log = logging.getLogger("clusterdns.web")


class Handler(web.RequestHandler):
    """Answers the requests of one connection to `server`, one after the other.

    `malformed` writes the lines about requests that cannot be read; all connections of a server share it.
    """

    def __init__(self, server: web.Server, malformed: Seldom) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # aiohttp: none is written
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
            lingering_time=LINGERING_SECONDS,
            auto_decompress=False,
        )
        self.has_begun = False
        self._malformed = malformed

    def data_received(self, data: bytes) -> None:
        """Take what the client has sent."""
        self.has_begun = True
        super().data_received(data)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer an error instead of a page. The connection is closed with it.

        Raises:
            ConnectionError: the answer has begun already.
        """
        del message
        self.log_exception("a page failed", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        malformed = status == web.HTTPBadRequest.status_code
        response = web.Response(status=status, text="400 bad request\n" if malformed else "500 it failed\n")
        response.force_close()
        return response

    def log_exception(self, *values: Any, exc_info: BaseException | None = None, **options: Any) -> None:
        """Log an error: in a line if it is the client's fault, else with a traceback."""
        if isinstance(exc_info, (HttpProcessingError, web.RequestPayloadError)):
            reason = " ".join(str(exc_info).split())[:LONGEST_REASON]
            text = "a request from %s is malformed: %s"
            self._malformed.say(_log.warning, text, _address(self.peername), reason)
        else:
            _log.error(*values, exc_info=exc_info, **options)


def _address(peername: Any) -> str:
    return str(peername[0]) if peername else "a client that has gone"
