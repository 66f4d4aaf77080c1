"""Faults that requests meet: each is one line, and hits the requests it names and no other."""

from collections.abc import Callable
from typing import Any

import aiohttp
import msgspec
import pytest

from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient

Make = Callable[..., dict[str, Any]]
STREAMING: dict[str, Any] = {
    "sendInitialEvents": "true",
    "resourceVersionMatch": "NotOlderThan",
    "allowWatchBookmarks": "true",
}


async def test_a_failure_meets_the_next_matching_request_once(shops: ApiServer, client: RawClient) -> None:
    shops.fail_next("list", "services", status=410)
    assert (await client.list("pods")).code == 200
    failed = await client.list("services")
    assert (failed.code, failed.document["reason"]) == (410, "Expired")
    assert (await client.list("services")).code == 200


async def test_failures_line_up_and_can_spare_the_first_requests(shops: ApiServer, client: RawClient) -> None:
    shops.fail_next("list", status=500, after=1)
    shops.fail_next("list", status=503, after=1, times=2)
    assert [(await client.list("services")).code for _ in range(5)] == [200, 500, 503, 503, 200]


async def test_a_failure_of_one_namespace(shops: ApiServer, client: RawClient) -> None:
    shops.fail_next("list", "services", status=500, namespace="bank", times=None)
    assert (await client.list("services", "shop")).code == 200
    assert (await client.list("services", "bank")).code == 500


async def test_a_standing_failure_lets_others_go_first_and_ends_with_heal(
    shops: ApiServer, client: RawClient
) -> None:
    shops.status(500, times=None)
    shops.throttle(2)
    assert [(await client.list("services")).code for _ in range(3)] == [429, 500, 500]
    shops.heal()
    assert (await client.list("services")).code == 200


async def test_throttling_is_plain_text_with_a_time(server: ApiServer, client: RawClient) -> None:
    server.throttle(retry_after=3)
    answer = await client.list("services")
    assert (answer.code, answer.headers["Retry-After"]) == (429, "3")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.body == b"Too many requests, please try again later.\n"


async def test_a_failure_in_the_stream(shops: ApiServer, client: RawClient) -> None:
    shops.fail_next("watch", status=410, in_stream=True)
    stream = await client.watch("services", resourceVersion=1005)
    (event,) = await stream.rest()
    assert (stream.code, event["type"], event["object"]["code"]) == (200, "ERROR", 410)


async def test_a_failure_of_a_watch_without_a_stream(shops: ApiServer, client: RawClient) -> None:
    shops.fail_next("watch", status=410)
    assert (await client.watch("services", resourceVersion=1005)).code == 410


async def test_too_large_versions(shops: ApiServer, client: RawClient) -> None:
    shops.too_large_version("list")
    shops.too_large_version("watch")
    stream = await client.watch("services", resourceVersion=1005)
    (event,) = await stream.rest()
    answer = await client.list("services", resourceVersion=1005)
    assert (answer.code, event["object"]["code"]) == (504, 504)
    assert answer.document["message"] == event["object"]["message"]
    assert "Too large resource version: 1005" in answer.document["message"]


async def test_empty_200(shops: ApiServer, client: RawClient) -> None:
    shops.empty_200(times=2)
    assert (await client.list("services")).body == b""
    stream = await client.watch("services", resourceVersion=1005)
    assert (stream.code, await stream.rest()) == (200, [])


async def test_rapid_closes(shops: ApiServer, client: RawClient) -> None:
    shops.rapid_closes(100, "services")
    for _ in range(100):
        assert await (await client.watch("services", resourceVersion=1005)).rest() == []
    assert await (await client.watch("services", resourceVersion=1005)).is_silent()
    assert shops.count("watch", "services") == 101


async def test_a_list_cut_in_the_middle(shops: ApiServer, client: RawClient) -> None:
    shops.cut_mid_json("list")
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.list("services")
    shops.cut_mid_json("list", clean=True)
    answer = await client.list("services")
    with pytest.raises(msgspec.DecodeError):
        _ = answer.document
    assert (await client.list("services")).code == 200


async def test_a_compressed_list_cut_in_the_middle(server: ApiServer, client: RawClient) -> None:
    server.put_huge("Service", "shop", name="web")
    server.cut_mid_json("list")
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.list("services", headers={"Accept-Encoding": "gzip"})


async def test_a_watch_cut_in_its_first_event(shops: ApiServer, client: RawClient, service: Make) -> None:
    shops.cut_mid_json("watch")
    stream = await client.watch("services", resourceVersion=1005)
    shops.put(service("shop/new"))
    with pytest.raises(aiohttp.ClientPayloadError):
        await stream.next()
    shops.cut_mid_json("watch", clean=True)
    stream = await client.watch("services", resourceVersion=1005)
    with pytest.raises(EOFError, match="within"):
        await stream.next()


async def test_a_reset_instead_of_an_answer(shops: ApiServer, client: RawClient) -> None:
    shops.reset("list", times=2)  # aiohttp's client asks again once, silently
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await client.list("services")
    assert shops.count("list") == 2
    assert (await client.list("services")).code == 200


async def test_no_headers(shops: ApiServer, client: RawClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("testbed.apiserver.client.PATIENCE_SECONDS", 0.05)
    shops.no_headers("watch")
    with pytest.raises(TimeoutError):
        await client.watch("services")
    assert shops.count("watch") == 1


async def test_chunks_of_one_byte(shops: ApiServer, client: RawClient, service: Make) -> None:
    shops.slow_chunks(verb="watch")
    stream = await client.watch("services", resourceVersion=1005)
    shops.put(service("shop/new"))
    assert await stream.told() == ("ADDED", "new")
    shops.slow_chunks(7, verb="list")
    assert len((await client.list("services")).names) == 6


@pytest.mark.parametrize("name", ["refuse_streaming_list", "ignore_streaming_list", "no_final_bookmark"])
async def test_plain_requests_meet_no_fault_of_streaming_lists(
    shops: ApiServer, client: RawClient, name: str
) -> None:
    getattr(shops, name)()
    stream = await client.watch("services", resourceVersion=1004)
    assert await stream.told() == ("ADDED", "ledger")
    assert (await client.list("services")).code == 200


async def test_streaming_lists_refused(shops: ApiServer, client: RawClient) -> None:
    shops.refuse_streaming_list("services")
    assert (await client.watch("services", **STREAMING)).code == 422
    assert (await client.watch("services", **STREAMING)).code == 422
    assert (await client.watch("pods", **STREAMING)).code == 200


async def test_streaming_lists_ignored_are_plain_watches(shops: ApiServer, client: RawClient) -> None:
    shops.ignore_streaming_list()
    stream = await client.watch("services", "bank", **STREAMING)
    assert [await stream.told() for _ in range(2)] == [("ADDED", "ledger"), ("ADDED", "web")]
    assert await stream.is_silent()
    newest = await client.watch("services", "bank", resourceVersion=1005, **STREAMING)
    assert await newest.is_silent()


async def test_the_final_bookmark_left_out(shops: ApiServer, client: RawClient, service: Make) -> None:
    shops.no_final_bookmark()
    stream = await client.watch("services", "bank", **STREAMING)
    assert [await stream.told() for _ in range(2)] == [("ADDED", "ledger"), ("ADDED", "web")]
    assert await stream.is_silent()
    shops.put(service("bank/new"))
    shops.bookmark()
    assert [await stream.told() for _ in range(2)] == [("ADDED", "new"), ("BOOKMARK", "")]
