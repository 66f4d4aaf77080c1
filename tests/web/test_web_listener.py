"""Pages on addresses, over real connections."""

import asyncio
import socket

import pytest

from clusterdns.corefile import CorefileError, Position
from clusterdns.testing.contexts import FakeContext
from clusterdns.testing.web import fetch
from clusterdns.web import Page, WebAddress, WebListener, WebRequest, shared_listener

HERE = Position("Corefile", 3, 5)


def loopback(port: int = 0, host: str = "127.0.0.1") -> WebAddress:
    return WebAddress(host=host, port=port, position=HERE)


async def fine(_request: WebRequest) -> Page:
    return Page(body=b"OK")


async def echo(request: WebRequest) -> Page:
    return Page(body=request.headers["x-word"].encode(), status=503)


async def test_a_page_is_answered_under_its_path_alone() -> None:
    listener = WebListener(loopback())
    listener.add("/health", fine)
    async with listener:
        reply = await fetch(listener, "/health")
        assert (reply.status, reply.body) == (200, b"OK")
        assert reply.headers["content-type"] == "text/plain; charset=utf-8"
        for path in ("/", "/health/", "/Health", "/healthy"):
            assert (await fetch(listener, path)).status == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
async def test_any_method_will_do(method: str) -> None:
    listener = WebListener(loopback())
    listener.add("/health", fine)
    async with listener:
        assert (await fetch(listener, "/health?x=1", method=method)).body == b"OK"


async def test_a_head_has_no_body() -> None:
    listener = WebListener(loopback())
    listener.add("/health", fine)
    async with listener:
        reply = await fetch(listener, "/health", method="HEAD")
        assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", "2")


async def test_headers_are_known_without_case() -> None:
    listener = WebListener(loopback())
    listener.add("/", echo)
    async with listener:
        reply = await fetch(listener, "/", headers={"X-WORD": "word"})
        assert (reply.status, reply.body) == (503, b"word")


async def test_a_listener_closes_with_its_last_page() -> None:
    listener = WebListener(loopback())
    listener.add("/health", fine)
    listener.add("/ready", fine)
    async with listener:
        await listener.remove("/ready")
        assert (await fetch(listener, "/ready")).status == 404
        assert (await fetch(listener, "/health")).status == 200
        await listener.remove("/health")
        with pytest.raises(ConnectionRefusedError):
            await fetch(listener, "/health")


async def test_who_says_so_first_answers() -> None:
    listener = WebListener(loopback())
    listener.add("/", fine)
    listener.add("/", echo)
    async with listener:
        assert (await fetch(listener, "/")).body == b"OK"


async def test_an_address_in_use_is_named_with_its_place() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CorefileError, match=f"127.0.0.1:{port} cannot be listened on: address.*in use"):
            async with WebListener(loopback(port)):
                pass


async def test_a_host_without_address_is_named_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> None:
        await asyncio.sleep(0)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    with pytest.raises(CorefileError, match="nowhere:0 cannot be listened on: Name or service") as raised:
        async with WebListener(loopback(host="nowhere")):
            pass
    assert raised.value.position == HERE


async def test_a_name_is_listened_on_at_one_address_of_ipv4_if_there_is_one() -> None:
    listener = WebListener(loopback(host="localhost"))
    async with listener:
        assert [host for host, _port in listener.endpoints] == ["127.0.0.1"]


async def test_without_a_host_every_address_will_do() -> None:
    listener = WebListener(loopback(host=""))
    async with listener:
        assert "0.0.0.0" in [host for host, _port in listener.endpoints]


async def test_plugins_that_name_one_address_share_its_listener() -> None:
    context = FakeContext()
    assert shared_listener(context, loopback(80)) is shared_listener(context, loopback(80))
    assert shared_listener(context, loopback(80)) is not shared_listener(context, loopback(81))


async def test_a_bug_in_a_page_is_500_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_request: WebRequest) -> Page:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    listener = WebListener(loopback())
    listener.add("/", broken)
    async with listener:
        assert (await fetch(listener, "/")).status == 500
    assert "a page failed" in caplog.text
