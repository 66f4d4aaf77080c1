"""What a page is told of a request, and bodies with a bound."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest

from clusterdns.corefile import Position
from clusterdns.testing.web import fetch
from clusterdns.web import Page, WebAddress, WebListener, WebRequest
from clusterdns.web import request as web_request

ADDRESS = WebAddress(host="127.0.0.1", port=0, position=Position("Corefile", 1, 1))
MOST = 1000
PATIENCE = 10.0


class Site:
    """A page that takes `MOST` octets, one that takes none, and what both were asked."""

    def __init__(self) -> None:
        self.asked: list[WebRequest] = []
        self.listener = WebListener(ADDRESS)
        self.listener.add("/takes", self.answer, most_octets=MOST)
        self.listener.add("/bare", self.answer)

    async def answer(self, request: WebRequest) -> Page:
        self.asked.append(request)
        return Page(body=b"%d" % len(request.body))


@pytest.fixture
async def site() -> AsyncGenerator[Site]:
    made = Site()
    async with made.listener:
        yield made


@asynccontextmanager
async def connected(site: Site) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*site.listener.endpoints[0])
    try:
        async with asyncio.timeout(PATIENCE):
            yield reader, writer
    finally:
        writer.close()


async def said(site: Site, octets: bytes) -> bytes:
    """All that is answered to these octets until the connection is closed."""
    async with connected(site) as (reader, writer):
        writer.write(octets)
        received = b""
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                received += piece
        return received


def post(body: bytes, *headers: str, path: str = "/takes") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def sized(octets: int, *headers: str, path: str = "/takes") -> bytes:
    return post(bytes(octets), f"Content-Length: {octets}", *headers, path=path)


def chunked(*sizes: int) -> bytes:
    body = b"".join(b"%x\r\n" % size + bytes(size) + b"\r\n" for size in (*sizes, 0))
    return post(body, "Transfer-Encoding: chunked")


async def test_a_page_is_told_what_was_asked(site: Site) -> None:
    reply = await fetch(
        site.listener, "/takes?dns=AAAB&x=a%20b&x=c&empty=", method="PUT", headers={"Accept": "y"}
    )
    assert reply.status == 200
    (asked,) = site.asked
    assert (asked.method, asked.path, asked.body) == ("PUT", "/takes", b"")
    assert dict(asked.query) == {"dns": "AAAB", "x": "a b", "empty": ""}
    assert asked.headers["aCCept"] == "y"


@pytest.mark.parametrize("octets", [0, 1, MOST])
async def test_a_body_within_the_bound_is_given_whole(site: Site, octets: int) -> None:
    assert (await said(site, sized(octets))).endswith(b"\r\n\r\n%d" % octets)
    assert site.asked[0].body == bytes(octets)


async def test_a_body_may_come_in_pieces(site: Site) -> None:
    assert (await said(site, chunked(1, 300, MOST - 301))).endswith(b"\r\n\r\n%d" % MOST)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(sized(MOST + 1), id="announced"),
        pytest.param(post(b"", f"Content-Length: {1 << 60}"), id="announced and not sent"),
        pytest.param(chunked(MOST, 1), id="in pieces"),
        pytest.param(chunked(MOST + 1), id="in one piece"),
    ],
)
async def test_a_larger_one_is_refused_and_the_page_never_asked(site: Site, octets: bytes) -> None:
    assert (await said(site, octets)).startswith(b"HTTP/1.1 413 ")
    assert site.asked == []


async def test_a_page_that_takes_none_is_not_told_of_any(site: Site) -> None:
    assert (await said(site, sized(100_000, path="/bare"))).endswith(b"\r\n\r\n0")
    assert site.asked[0].body == b""


async def test_a_body_that_does_not_come_ends_the_connection(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_request, "BODY_SECONDS", 0.05)
    assert (await said(site, post(b"half", "Content-Length: 8"))).startswith(b"HTTP/1.1 408 ")
    assert site.asked == []


async def test_who_waits_for_leave_to_send_a_body_gets_it(site: Site) -> None:
    async with connected(site) as (reader, writer):
        writer.write(post(b"", "Content-Length: 4", "Expect: 100-continue"))
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"body")
        assert (await reader.read()).endswith(b"\r\n\r\n4")


async def test_leave_is_not_given_to_what_would_be_refused(site: Site) -> None:
    reply = await said(site, post(b"", f"Content-Length: {MOST + 1}", "Expect: 100-continue"))
    assert reply.startswith(b"HTTP/1.1 413 ")


async def test_a_connection_goes_on_behind_a_body(site: Site) -> None:
    first = sized(10).replace(b"Connection: close\r\n", b"")
    assert (await said(site, first + sized(20))).count(b"200 OK") == 2
    assert [len(asked.body) for asked in site.asked] == [10, 20]
