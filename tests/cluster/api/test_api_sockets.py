"""Connections on which packets vanish are found dead in half a minute."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from clusterdns.cluster.api import ApiClient, ApiSettings
from testbed.octets import OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the options are Linux's")


async def test_the_kernel_watches_over_every_connection(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[socket.socket] = []
    loop = asyncio.get_running_loop()
    connect = loop.sock_connect

    async def note(sock: socket.socket, address: tuple[str, int]) -> None:
        connected.append(sock)
        await connect(sock, address)

    monkeypatch.setattr(loop, "sock_connect", note)
    server = await serve(empty)
    async with ApiClient(ApiSettings(endpoints=(server.url,))) as client:
        await client.get("/readyz")
        options = [
            connected[0].getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
            connected[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
            connected[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
            connected[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
            connected[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
        ]
    assert options == [1, 15, 5, 3, 30_000]
