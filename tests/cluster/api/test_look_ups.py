"""Names are looked up in threads that nobody waits for too long, one for each name."""

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from clusterdns.cluster.api import ApiClient, ApiSettings, ApiUnreachable, Unreachable, look_ups
from clusterdns.cluster.api.look_ups import LookUps

Found = list[tuple[Any, ...]]

ADDRESS: Found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 443))]
LINK_LOCAL: Found = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1", 443, 0, 2))]


def answer_with(monkeypatch: pytest.MonkeyPatch, look_up: Callable[[], Found]) -> list[str]:
    """Have the system's look-up answer; the names that it was asked for."""
    asked: list[str] = []

    def ask(host: str, *_: object, **__: object) -> Found:
        asked.append(host)
        return look_up()

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    return asked


@pytest.mark.parametrize(
    ("found", "host"),
    [pytest.param(ADDRESS, "192.0.2.1", id="ipv4"), pytest.param(LINK_LOCAL, "fe80::1%2", id="scope")],
)
async def test_addresses(monkeypatch: pytest.MonkeyPatch, found: Found, host: str) -> None:
    answer_with(monkeypatch, lambda: found)
    (one,) = await LookUps().resolve("api", 443, socket.AF_UNSPEC)
    assert (one["hostname"], one["host"], one["port"], one["family"]) == ("api", host, 443, found[0][0])


async def test_who_asks_meanwhile_waits_for_the_same_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def look_up() -> Found:
        go.wait()
        return ADDRESS

    asked = answer_with(monkeypatch, look_up)
    look = LookUps()
    first = asyncio.ensure_future(look.resolve("api", 443))
    others = [asyncio.ensure_future(look.resolve("api", 443)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    go.set()
    assert [len(found) for found in await asyncio.gather(*others)] == [1, 1, 1]
    assert asked == ["api"]


async def test_one_that_hangs_costs_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    back = threading.Event()

    def look_up() -> Found:
        back.wait()
        return ADDRESS

    asked = answer_with(monkeypatch, look_up)
    monkeypatch.setattr(look_ups, "LOOK_UP_SECONDS", 0.02)
    async with ApiClient(ApiSettings(endpoints=("http://api.invalid",))) as client:
        for _ in range(3):
            with pytest.raises(ApiUnreachable) as caught:
                await client.get("/readyz")
            assert caught.value.reason is Unreachable.NO_NAME
            assert str(caught.value).endswith("has a name that is not found: no answer within 0.02 s")
    assert asked == ["api.invalid"]
    back.set()
