"""Faults of the whole server: stopped, held, without etcd, put back in time."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient

Make = Callable[..., dict[str, Any]]
STREAMING: dict[str, Any] = {
    "sendInitialEvents": "true",
    "resourceVersionMatch": "NotOlderThan",
    "allowWatchBookmarks": "true",
}


async def is_pending(task: asyncio.Task[Any]) -> bool:
    """Whether a task still waits after a moment."""
    done, _ = await asyncio.wait([task], timeout=0.05)
    return not done


async def test_a_stopped_server_refuses_and_comes_back_on_its_port(
    shops: ApiServer, client: RawClient
) -> None:
    port = shops.port
    stream = await client.watch("services", resourceVersion=1004)
    await stream.next()
    await shops.stop()
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await stream.next()
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.list("services")
    await shops.start()
    assert shops.port == port
    assert len((await client.list("services")).names) == 5


@pytest.mark.parametrize(
    ("keep_history", "kind"),
    [pytest.param(False, "ERROR", id="restart"), pytest.param(True, "ADDED", id="blip")],
)
async def test_a_restart_forgets_older_versions(
    shops: ApiServer, client: RawClient, keep_history: bool, kind: str
) -> None:
    await shops.stop()
    await shops.start(keep_history=keep_history)
    assert (await (await client.watch("services", resourceVersion=1004)).next())["type"] == kind


async def test_held_requests_wait(shops: ApiServer, client: RawClient) -> None:
    shops.hold()
    asking = asyncio.create_task(client.list("services"))
    assert await is_pending(asking)
    assert shops.count("list") == 1
    shops.release()
    assert (await asking).code == 200


async def test_without_etcd_lists_hang_but_for_those_from_memory_and_watches_are_silent(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1005, allowWatchBookmarks="true")
    shops.etcd_down()
    asking = asyncio.create_task(client.list("services"))
    assert (await client.list("services", resourceVersion=0)).code == 200
    opened = await client.watch("services", "bank", **STREAMING)
    shops.put(service("shop/new"))
    shops.bookmark()
    assert await is_pending(asking)
    assert await stream.is_silent()
    assert await opened.is_silent()
    assert (await client.ask("/readyz")).code == 500
    shops.etcd_up()
    assert "new" in (await asking).names
    assert await stream.told() == ("ADDED", "new")
    assert await opened.told() == ("ADDED", "ledger")


async def test_watches_can_be_closed_without_etcd(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.etcd_down()
    shops.close_watches()
    assert await stream.rest() == []


async def test_a_backup_is_restored(shops: ApiServer, client: RawClient, service: Make) -> None:
    shops.delete("Service", "shop", "db")
    shops.put(service("shop/new"), service("shop/web", address="10.96.0.9"))
    stream = await client.watch("services", resourceVersion=1008)
    shops.restore_backup(1005)
    assert await stream.rest() == []
    answer = await client.list("services")
    assert (answer.version, len(answer.names), "db" in answer.names) == ("1005", 5, True)
    web = await client.ask("/api/v1/namespaces/shop/services/web")
    assert (web.version, web.document["spec"]["clusterIP"]) == ("1001", "10.96.0.1")


async def test_versions_seen_before_a_restore_are_from_the_future(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    shops.pass_versions(100)
    shops.restore_backup(1003)
    plain = await client.watch("services", resourceVersion=1105, allowWatchBookmarks="true")
    shops.put(service("shop/new"))
    shops.bookmark()
    assert await plain.is_silent()
    assert (await client.list("services", resourceVersion=1105)).code == 504
    streaming = await client.watch("services", resourceVersion=1105, **STREAMING)
    assert (await streaming.next())["object"]["code"] == 504
    assert (await client.list("services")).names == ["cache", "db", "new", "web"]


async def test_open_watches_may_outlive_a_restore_and_are_silent(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.restore_backup(1003, close=False)
    shops.put(service("shop/new"))
    assert await stream.is_silent()


async def test_a_backup_that_is_too_old_is_an_error_of_the_test(shops: ApiServer) -> None:
    with pytest.raises(ValueError, match="from 1000 to 1005, found 7"):
        shops.restore_backup(7)


async def test_an_emptied_etcd_counts_from_one(shops: ApiServer, client: RawClient, service: Make) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.empty_etcd()
    assert await stream.rest() == []
    answer = await client.list("services")
    assert (answer.names, answer.version) == ([], "1")
    old = await client.watch("services", resourceVersion=1005)
    shops.put(service("shop/new"))
    assert await old.is_silent()
    assert (await client.list("services")).version == "2"


async def test_compaction_makes_everything_older_410(shops: ApiServer, client: RawClient) -> None:
    page = await client.list("services", limit=1)
    shops.compact()
    codes = [
        (await client.list("services", **{"continue": page.document["metadata"]["continue"]})).code,
        (await client.list("services", resourceVersion=1005, resourceVersionMatch="Exact")).code,
        (await (await client.watch("services", resourceVersion=1005)).next())["object"]["code"],
    ]
    assert codes == [410, 410, 410]
