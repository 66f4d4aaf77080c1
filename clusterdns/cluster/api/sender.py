"""One request: to the endpoint in use or the next, with the credentials of now. Here is aiohttp."""

import asyncio
import platform
import sys
from contextlib import suppress
from typing import Final

import aiohttp
from yarl import URL

from clusterdns import __version__
from clusterdns.cluster.api.authentication.access import Access, ProcessEnvironment
from clusterdns.cluster.api.authentication.credentials import Credential
from clusterdns.cluster.api.authentication.known_secrets import SeenCredentials
from clusterdns.cluster.api.authentication.proxy import Proxy
from clusterdns.cluster.api.authentication.tls import Contexts
from clusterdns.cluster.api.body import Body
from clusterdns.cluster.api.endpoints import UNFIT, Endpoints
from clusterdns.cluster.api.errors import ApiError, ApiProtocolError, ApiStatusError, ApiUnreachable
from clusterdns.cluster.api.failures import RAISED, Failures
from clusterdns.cluster.api.look_ups import LookUps
from clusterdns.cluster.api.observer import FAILED, Observer
from clusterdns.cluster.api.request import METHOD, Request
from clusterdns.cluster.api.sockets import watched_socket
from clusterdns.cluster.api.status import status_error
from clusterdns.cluster.api.timeouts import Timeouts
from clusterdns.cluster.api.urls import host_and_port

LARGEST_ERROR: Final = 64 * 1024
READ_AT_ONCE: Final = 64 * 1024
"""Octets; up to twice as many arrive in one piece of a stream, which is a millisecond of decoding."""

IDLE_CONNECTION: Final = 60.0
"""Seconds that a connection without a request is kept."""

MACHINES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


class Sender:
    """Sends requests. Made on the event loop; `close` is awaited in the end."""

    def __init__(
        self, access: Access, *, timeouts: Timeouts, observer: Observer, process: ProcessEnvironment
    ) -> None:
        self.endpoints = Endpoints(access.endpoints)
        self._access = access
        self._timeouts = timeouts
        self._observer = observer
        self._clock = process.clock
        self._contexts = Contexts(access.trust)
        self._failures = Failures(
            origin=access.trust.origin, connect_timeout=timeouts.connect, headers_timeout=timeouts.headers
        )
        self._seen = SeenCredentials(access.redactor)
        self._session = _session(timeouts)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def send(self, request: Request) -> Body:
        """Send a request and return the body of its 200 response once the headers are there; to be closed.

        Raises:
            ApiStatusError, ApiUnreachable, ApiProtocolError, ApiConfigError: of the last endpoint tried.
        """
        untried = len(self.endpoints)
        while True:
            endpoint = self.endpoints.current
            try:
                return await self._ask(endpoint, request)
            except ApiError as error:
                untried -= 1
                if not is_unfit(error):
                    raise
                self.endpoints.leave(endpoint)
                if not untried:
                    raise

    async def _ask(self, endpoint: str, request: Request) -> Body:
        credential = await self._access.credentials.current()
        self._seen.see(credential)
        response = await self._get(endpoint, request, credential=credential)
        try:
            if response.status == 401:
                renewed = await self._access.credentials.after(credential)
                if renewed != credential:
                    self._seen.see(renewed)
                    response.close()
                    response = await self._get(endpoint, request, credential=renewed)
            if response.status != 200:
                raise await self._refusal(response, endpoint, request=request)
        except BaseException:
            response.close()
            raise
        return Body(response, endpoint, observer=self._observer)

    async def _get(
        self, endpoint: str, request: Request, *, credential: Credential
    ) -> aiohttp.ClientResponse:
        """Ask an endpoint once, observed, and return its response of any status. Raises ApiError."""
        is_tls = endpoint.startswith("https://")
        context = await self._contexts.context(credential.certificate) if is_tls else True
        proxy = self._access.proxy
        headers = [*self._access.headers, *request.headers]
        if not is_tls:
            # There is no CONNECT then, which would carry it.
            headers += _authorizing(proxy).items()
        if credential.authorization:
            headers.append(("Authorization", credential.authorization))
        code, began = FAILED, self._clock()
        try:
            async with asyncio.timeout(self._timeouts.headers):
                response = await self._session.get(
                    URL(request.url(endpoint), encoded=True),
                    headers=headers,
                    ssl=context,
                    server_hostname=self._access.trust.server_name or None,
                    proxy=proxy.url if proxy else None,
                    proxy_headers=_authorizing(proxy),
                    allow_redirects=False,
                )
            code = str(response.status)
        except RAISED as error:
            raise self._failures.request(error, endpoint) from error
        finally:
            seconds = self._clock() - began
            self._observer.answered(METHOD, host_and_port(endpoint), code=code, seconds=seconds)
        return response

    async def _refusal(
        self, response: aiohttp.ClientResponse, endpoint: str, *, request: Request
    ) -> ApiStatusError:
        body = Body(response, endpoint, observer=self._observer)
        text = bytearray()
        # An explanation that cannot be read is left out: the status alone suffices.
        with suppress(ApiUnreachable, ApiProtocolError, TimeoutError):
            async with asyncio.timeout(self._timeouts.body):
                while len(text) < LARGEST_ERROR and (chunk := await body.read()):
                    text += chunk
        return status_error(
            bytes(text[:LARGEST_ERROR]),
            target=request.target,
            endpoint=endpoint,
            code=response.status,
            retry_after=response.headers.get("Retry-After", ""),
        )


def is_unfit(error: ApiError) -> bool:
    """Whether another endpoint could do better."""
    if isinstance(error, ApiStatusError):
        return error.code in UNFIT
    return isinstance(error, ApiUnreachable | ApiProtocolError)


def _authorizing(proxy: Proxy | None) -> dict[str, str]:
    return {"Proxy-Authorization": proxy.authorization} if proxy and proxy.authorization else {}


def user_agent() -> str:
    """The User-Agent header's value, as the API server's audit log shows it."""
    machine = platform.machine()
    return f"clusterdns/{__version__} ({sys.platform}/{MACHINES.get(machine, machine)})"


def _session(timeouts: Timeouts) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        # Without a limit of its own: one watch for each namespace holds one connection each.
        connector=aiohttp.TCPConnector(
            limit=0, socket_factory=watched_socket, keepalive_timeout=IDLE_CONNECTION, resolver=LookUps()
        ),
        # No total: a watch lasts.
        timeout=aiohttp.ClientTimeout(total=None, connect=timeouts.connect, sock_connect=timeouts.connect),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": user_agent()},
        auto_decompress=False,
        read_bufsize=READ_AT_ONCE,
    )
