"""Scripting the server from another process.

    POST /control {"call": "fail_next", "args": ["list", "services"], "kwargs": {"status": 410}}
    POST /control {"call": "version"}
    POST /control {"set": {"tokens": ["one", "two"]}}

`call` is any public method or property of `ApiServer`. The reply is `{"result": ...}`, or 400 and
`{"error": ...}`.
"""

from inspect import isawaitable
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from aiohttp import web

from testbed.apiserver.server import ApiServer

MOST_OCTETS: Final = 256 << 20
"""A body puts whole clusters."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a request."""

    call: str = ""
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    set: dict[str, Any] = {}


class Control:
    """A second listener, which stays when the server is stopped."""

    def __init__(self, server: ApiServer, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.port = port
        self._server = server
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=MOST_OCTETS)
        application.router.add_post("/control", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where commands are posted to."""
        return f"http://{self.host}:{self.port}/control"

    async def _handle(self, request: web.Request) -> web.Response:
        status, body = 200, dict[str, object]()
        try:
            command = msgspec.json.decode(await request.read(), type=Command)
            body["result"] = await self._run(command)
        except (AttributeError, LookupError, OSError, TypeError, ValueError) as error:
            status, body["error"] = 400, f"{type(error).__name__}: {error}"
        return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")

    async def _run(self, command: Command) -> object:
        if "tokens" in command.set:
            tokens = command.set["tokens"]
            self._server.tokens = None if tokens is None else set(tokens)
        if not command.call:
            return None
        if command.call.startswith("_"):
            raise ValueError(f'expected a public method or property, found "{command.call}"')
        found = getattr(self._server, command.call)
        result = found(*command.args, **command.kwargs) if callable(found) else found
        return await result if isawaitable(result) else result
