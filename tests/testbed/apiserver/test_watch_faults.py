"""Faults of the watches that are open, and of the events to come."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient

Make = Callable[..., dict[str, Any]]


async def test_expiry_reaches_all_watches_and_older_versions_are_gone(
    shops: ApiServer, client: RawClient
) -> None:
    streams = [await client.watch(name, resourceVersion=1004) for name in ("pods", "namespaces")]
    shops.expire()
    for stream in streams:
        (event,) = await stream.rest()
        assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
    assert (await (await client.watch("pods", resourceVersion=1004)).next())["type"] == "ERROR"
    assert await (await client.watch("pods", resourceVersion=1005)).is_silent()


async def test_expiry_of_one_resource(shops: ApiServer, client: RawClient) -> None:
    spared = await client.watch("pods", resourceVersion=1005)
    stream = await client.watch("services", resourceVersion=1005)
    shops.expire("services")
    assert len(await stream.rest()) == 1
    assert await spared.is_silent()


async def test_any_error(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.error_watches(500, message="odd")
    (event,) = await stream.rest()
    assert (event["object"]["code"], event["object"]["reason"]) == (500, "InternalError")
    assert event["object"]["message"] == "odd"


async def test_what_happened_before_the_end_is_sent(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.put(service("shop/new"))
    shops.close_watches()
    shops.put(service("shop/later"))
    assert [event["object"]["metadata"]["name"] for event in await stream.rest()] == ["new"]


async def test_a_reset_of_the_watches(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.close_watches(reset=True)
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await stream.next()


async def test_open_watches_cut_in_the_middle(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.cut_mid_json()
    with pytest.raises(aiohttp.ClientPayloadError):
        await stream.next()
    stream = await client.watch("services", resourceVersion=1005)
    shops.cut_mid_json(clean=True)
    with pytest.raises(EOFError, match="within"):
        await stream.next()


async def test_silence_holds_for_the_watches_that_were_open(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1005, allowWatchBookmarks="true")
    shops.go_silent()
    shops.put(service("shop/new"))
    shops.bookmark()
    shops.expire()
    shops.close_watches()
    assert await stream.is_silent()
    assert len(shops.watching()) == 1
    other = await client.watch("services", resourceVersion=1005)
    assert (await other.next())["type"] == "ERROR"


async def test_replay(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", "bank", resourceVersion=1005)
    shops.replay_events(3)
    events = [await stream.next() for _ in range(2)]
    assert [event["object"]["metadata"]["resourceVersion"] for event in events] == ["1004", "1005"]
    assert await stream.is_silent()


async def test_a_delete_of_an_unknown_object(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.delete_unknown("Service", "shop", name="never")
    event = await stream.next()
    assert (event["type"], event["object"]["metadata"]["name"]) == ("DELETED", "never")
    assert event["object"]["metadata"]["resourceVersion"] == "1006"
    assert "never" not in (await client.list("services")).names


async def test_a_share_of_the_events_is_lost_and_counted(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1005, allowWatchBookmarks="true")
    shops.drop_events(share=0.5, seed=7)
    shops.put(*(service(f"shop/{number}") for number in range(100)))
    shops.close_watches()
    lost = shops.dropped["services"]
    assert len(await stream.rest()) == 100 - lost
    assert 30 < lost < 70
    assert len((await client.list("services")).names) == 105


async def test_all_events_are_lost_but_bookmarks_come(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1005, allowWatchBookmarks="true")
    shops.drop_events()
    shops.put(service("shop/new"))
    shops.bookmark()
    event = await stream.next()
    assert (event["type"], event["object"]["metadata"]["resourceVersion"]) == ("BOOKMARK", "1006")


async def test_duplicates(shops: ApiServer, client: RawClient, service: Make) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.duplicate_events()
    shops.put(service("shop/new"))
    assert await stream.next() == await stream.next()
    shops.heal()
    shops.put(service("shop/newer"))
    assert await stream.told() == ("ADDED", "newer")
    assert await stream.is_silent()


async def test_pairs_change_places(shops: ApiServer, client: RawClient, service: Make) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.reorder()
    shops.put(*(service(f"shop/{name}") for name in "abcde"))
    assert [(await stream.told())[1] for _ in range(4)] == ["b", "a", "d", "c"]
    assert await stream.is_silent()
