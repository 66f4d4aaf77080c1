"""Whatever is sent to a listener of pages: no traceback, one line at most, and others are answered."""

import asyncio
import socket
import struct

import pytest

from clusterdns.corefile import Position
from clusterdns.testing.web import fetch
from clusterdns.web import Page, WebAddress, WebListener, WebRequest
from clusterdns.web.handler import LONGEST_HEADER, LONGEST_LINE, MOST_HEADERS

PATIENCE = 5.0
HEAD = b"GET /page HTTP/1.1\r\nHost: test\r\n"
POST = b"POST /page HTTP/1.1\r\nHost: test\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
TLS_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2

MALFORMED = {
    "random octets": bytes(range(256)),
    "a greeting of TLS": TLS_HELLO,
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0\0\0\0",
    "a query over TCP": b"\0\x1d\0\1\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1",
    "an odd method": b"G\x01T /page HTTP/1.1\r\n\r\n",
    "an unknown version": b"GET /page HTTP/9.9\r\n\r\n",
    "no version": b"GET /page\r\n\r\n",
    "a line that is too long": b"GET /" + b"a" * (LONGEST_LINE + 10) + b" HTTP/1.1\r\n\r\n",
    "a name that is too long": HEAD + b"a" * (LONGEST_HEADER + 10) + b": b\r\n\r\n",
    "a value that is too long": HEAD + b"a: " + b"b" * (LONGEST_HEADER + 10) + b"\r\n\r\n",
    "too many headers": HEAD + b"a: b\r\n" * (MOST_HEADERS + 10) + b"\r\n",
    "headers without end": HEAD + b"a: b\r\n" * 100_000,
    "a name with an odd octet": HEAD + b"a\x00b: c\r\n\r\n",
    "a header that is folded": HEAD + b"a: b\r\n c\r\n\r\n",
    "a length that is no number": POST + b"Content-Length: x\r\n\r\n",
    "a length below zero": POST + b"Content-Length: -1\r\n\r\n",
    "a huge length": POST + b"Content-Length: 99999999999999999999999999\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length and chunks": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown encoding": POST + b"Transfer-Encoding: odd\r\n\r\n",
    "a chunk whose size is no number": CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n",
    "a chunk of another size": CHUNKED + b"1\r\nabcdef\r\n0\r\n\r\n",
    "a huge chunk": CHUNKED + b"ffffffffffffffffff\r\nabc",
    "an expectation": POST + b"Expect: 200-nonsense\r\nContent-Length: 1\r\n\r\na",
    "an upgrade": HEAD + b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n" + bytes(100_000),
    "a tunnel": b"CONNECT test:1 HTTP/1.1\r\n\r\n" + bytes(100_000),
    "a compressed body that is none": POST + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "half a body": POST + b"Content-Length: 100\r\n\r\nabc",
    "a path that is none": b"GET http://[ HTTP/1.1\r\nHost: test\r\n\r\n",
    "many requests": HEAD + b"\r\n" + b"GET / HTTP/1.1\r\n\r\n" * 5000,
}


async def fine(_request: WebRequest) -> Page:
    return Page(body=b"OK")


@pytest.fixture
def listener() -> WebListener:
    made = WebListener(WebAddress(host="127.0.0.1", port=0, position=Position("Corefile", 1, 1)))
    made.add("/page", fine)
    return made


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged, but for what asyncio's debug mode says of a machine that is busy with other things."""
    return [message for message in caplog.messages if not message.startswith("Executing <")]


async def send(listener: WebListener, octets: bytes, *, reset: bool) -> None:
    """Send `octets` on a connection of their own and read what is answered; or cut the connection at once."""
    reader, writer = await asyncio.open_connection(*listener.endpoints[0])
    writer.write(octets)
    if reset:
        connected: socket.socket = writer.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        try:
            writer.write_eof()
            async with asyncio.timeout(PATIENCE):
                while await reader.read(65536):
                    pass
        except ConnectionError:  # it was closed while there was more to read
            pass
    writer.transport.abort()


@pytest.mark.parametrize("reset", [False, True], ids=["read", "cut"])
@pytest.mark.parametrize("octets", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_malformed_is_a_line_at_most(
    listener: WebListener, octets: bytes, reset: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with listener:
        for _ in range(3):
            await send(listener, octets, reset=reset)
        assert (await fetch(listener, "/page")).body == b"OK"
        async with asyncio.timeout(PATIENCE):
            while len(listener.connections):  # noqa: ASYNC110 - the kernel's to close
                await asyncio.sleep(0)
    assert not [record for record in caplog.records if record.exc_info]
    assert len(lines(caplog)) <= 1


async def test_the_line_names_the_client_and_the_mistake(
    listener: WebListener, caplog: pytest.LogCaptureFixture
) -> None:
    async with listener:
        await send(listener, MALFORMED["a length that is no number"], reset=False)
    (line,) = lines(caplog)
    assert line.startswith("a request from 127.0.0.1 is malformed: 400")
    assert "\n" not in line
