"""Watches of the scripted API server, as a kube-apiserver serves them."""

from collections.abc import Callable
from typing import Any

import pytest

from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient, Stream

Make = Callable[..., dict[str, Any]]
STREAMING: dict[str, Any] = {
    "sendInitialEvents": "true",
    "resourceVersionMatch": "NotOlderThan",
    "allowWatchBookmarks": "true",
}
END = {"k8s.io/initial-events-end": "true"}


async def told(stream: Stream, count: int) -> list[tuple[str, str]]:
    """Types and names of the next events."""
    return [await stream.told() for _ in range(count)]


async def test_a_watch_tells_what_changes_after_its_version(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1004)
    shops.put(service("shop/web", address="10.96.0.9"))
    shops.delete("Service", "shop", "db")
    shops.put({"kind": "Namespace", "metadata": {"name": "shop"}}, service("shop/new"))
    assert await told(stream, 4) == [
        ("ADDED", "ledger"),
        ("MODIFIED", "web"),
        ("DELETED", "db"),
        ("ADDED", "new"),
    ]
    assert await stream.is_silent()


async def test_events_carry_kind_and_version_and_a_deletion_has_its_own(
    shops: ApiServer, client: RawClient
) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.delete("Service", "shop", "db")
    event = await stream.next()
    assert event["object"]["kind"] == "Service"
    assert event["object"]["apiVersion"] == "v1"
    assert event["object"]["metadata"]["resourceVersion"] == "1006"
    assert event["object"]["metadata"]["labels"] == {"app": "db"}


async def test_putting_the_same_again_changes_nothing(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    assert shops.put(service("shop/db", {"app": "db"})) == 1005
    assert not shops.delete("Service", "shop", "nix")
    assert await stream.is_silent()


async def test_a_watch_of_one_namespace(shops: ApiServer, client: RawClient, service: Make) -> None:
    stream = await client.watch("services", "bank", resourceVersion=1005)
    shops.put(service("shop/one"), service("bank/two"))
    assert await stream.told() == ("ADDED", "two")
    assert [request.namespace for request in shops.watching("services")] == ["bank"]


async def test_entering_and_leaving_a_selection(shops: ApiServer, client: RawClient, service: Make) -> None:
    stream = await client.watch("services", "shop", resourceVersion=1005, labelSelector="app=web")
    shops.put(service("shop/db", {"app": "web"}))
    shops.put(service("shop/db", {"app": "web"}, address="10.96.0.9"))
    shops.put(service("shop/db", {"app": "db"}))
    shops.put(service("shop/db", {"app": "nix"}))
    assert await told(stream, 2) == [("ADDED", "db"), ("MODIFIED", "db")]
    event = await stream.next()
    assert event["type"] == "DELETED"
    assert event["object"]["metadata"]["labels"] == {"app": "web"}
    assert event["object"]["metadata"]["resourceVersion"] == "1008"
    assert await stream.is_silent()


async def test_leaving_a_field_selection(server: ApiServer, client: RawClient) -> None:
    pod = {"kind": "Pod", "metadata": {"name": "one"}, "status": {"phase": "Running"}}
    server.put(pod)
    stream = await client.watch(
        "pods", resourceVersion=server.version, fieldSelector="status.phase!=Succeeded"
    )
    server.put({**pod, "status": {"phase": "Succeeded"}})
    assert await stream.told() == ("DELETED", "one")


@pytest.mark.parametrize("params", [{}, {"resourceVersion": "0"}], ids=["none", "zero"])
async def test_a_watch_from_no_version_begins_with_what_is_there(
    shops: ApiServer, client: RawClient, params: dict[str, Any]
) -> None:
    stream = await client.watch("services", "bank", **params)
    shops.delete("Service", "bank", "web")
    assert await told(stream, 3) == [("ADDED", "ledger"), ("ADDED", "web"), ("DELETED", "web")]


async def test_a_streaming_list_ends_with_a_marked_bookmark(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", "bank", **STREAMING)
    assert await told(stream, 2) == [("ADDED", "ledger"), ("ADDED", "web")]
    event = await stream.next()
    assert (event["type"], event["object"]["metadata"]["annotations"]) == ("BOOKMARK", END)
    assert event["object"]["metadata"]["resourceVersion"] == "1005"
    shops.put(service("bank/new"))
    assert await stream.told() == ("ADDED", "new")


async def test_a_streaming_list_of_a_seen_version_sends_everything(
    shops: ApiServer, client: RawClient
) -> None:
    stream = await client.watch("services", "bank", resourceVersion=1005, **STREAMING)
    assert [kind for kind, _ in await told(stream, 3)] == ["ADDED", "ADDED", "BOOKMARK"]


async def test_a_streaming_list_of_a_version_from_the_future_gets_504_in_the_stream(
    shops: ApiServer, client: RawClient
) -> None:
    stream = await client.watch("services", resourceVersion=2000, **STREAMING)
    (event,) = await stream.rest()
    assert (stream.code, event["type"], event["object"]["code"]) == (200, "ERROR", 504)
    assert shops.watching() == []


async def test_initial_events_can_be_declined(shops: ApiServer, client: RawClient) -> None:
    declined: dict[str, Any] = {**STREAMING, "sendInitialEvents": "false"}
    stream = await client.watch("services", **declined)
    shops.delete("Service", "shop", "db")
    assert await stream.told() == ("DELETED", "db")


async def test_a_plain_watch_from_the_future_is_silent_until_versions_have_grown(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    stream = await client.watch("services", resourceVersion=1007, allowWatchBookmarks="true")
    shops.put(service("shop/unseen"))
    shops.bookmark()
    assert await stream.is_silent()
    shops.put(service("shop/unseen-too"), service("shop/seen"))
    assert await stream.told() == ("ADDED", "seen")


async def test_a_version_that_is_too_old_gets_410_in_the_stream(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=3)
    (event,) = await stream.rest()
    assert stream.code == 200
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert event["object"]["message"] == "too old resource version: 3 (1000)"


async def test_only_so_many_changes_are_kept(service: Make) -> None:
    async with ApiServer(window=2) as server, RawClient(server.url) as client:
        server.put(*(service(f"shop/web-{number}") for number in range(4)))
        seen = await client.watch("services", resourceVersion=1002)
        assert await told(seen, 2) == [("ADDED", "web-2"), ("ADDED", "web-3")]
        expired = await client.watch("services", resourceVersion=1001)
        assert (await expired.next())["type"] == "ERROR"


@pytest.mark.parametrize(
    ("resource", "members"),
    [
        pytest.param("services", {"spec": {}, "status": {"loadBalancer": {}}}, id="services"),
        pytest.param("endpointslices", {"addressType": "", "endpoints": None, "ports": None}, id="slices"),
        pytest.param("namespaces", {"spec": {}, "status": {}}, id="namespaces"),
        pytest.param("serviceimports", {}, id="custom"),
    ],
)
async def test_a_bookmark_is_an_object_with_nothing_but_a_version(
    shops: ApiServer, client: RawClient, resource: str, members: dict[str, Any]
) -> None:
    stream = await client.watch(resource, resourceVersion=1005, allowWatchBookmarks="true")
    shops.pass_versions(3)
    shops.bookmark()
    event = await stream.next()
    shown = event["object"]
    assert event["type"] == "BOOKMARK"
    assert shown.pop("metadata") == {"resourceVersion": "1008"}
    assert {key: shown[key] for key in shown if key not in {"kind", "apiVersion"}} == members


async def test_bookmarks_come_only_to_those_who_want_them(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    shops.bookmark()
    assert await stream.is_silent()


async def test_bookmarks_come_by_themselves(service: Make) -> None:
    async with ApiServer(bookmark_seconds=0.01) as server, RawClient(server.url) as client:
        stream = await client.watch("services", resourceVersion=1000, allowWatchBookmarks="true")
        assert await told(stream, 3) == [("BOOKMARK", "")] * 3
        server.put(service("shop/web"))
        events = [await stream.next() for _ in range(3)]
        assert "ADDED" in [event["type"] for event in events]


async def test_only_metadata_is_watched_on_request(shops: ApiServer, client: RawClient) -> None:
    accept = {"Accept": "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"}
    stream = await client.watch("services", "bank", headers=accept, **STREAMING)
    first, _, last = [await stream.next() for _ in range(3)]
    assert set(first["object"]) == {"kind", "apiVersion", "metadata"}
    assert first["object"]["kind"] == "PartialObjectMetadata"
    assert last["object"]["kind"] == "PartialObjectMetadata"
    assert last["object"]["metadata"]["annotations"] == END
    shops.delete("Service", "bank", "web")
    assert set((await stream.next())["object"]) == {"kind", "apiVersion", "metadata"}


async def test_a_watch_ends_cleanly_after_the_time_it_asked_for(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=1005, timeoutSeconds=1)
    assert await stream.rest() == []
    assert shops.watching() == []


async def test_a_watch_that_the_client_closes_is_forgotten(shops: ApiServer, client: RawClient) -> None:
    stream = await client.watch("services", resourceVersion=1005)
    assert len(shops.watching("services")) == 1
    stream.close()
    await shops.until(lambda: not shops.watching("services"))


async def test_a_fleet_hears_of_a_change(shops: ApiServer, client: RawClient, service: Make) -> None:
    streams = [await client.watch("services", resourceVersion=1005) for _ in range(150)]
    assert len(shops.watching("services")) == 150
    shops.put(service("shop/new"))
    assert {await stream.told() for stream in streams} == {("ADDED", "new")}


async def test_what_does_not_come_is_not_waited_for_for_ever(server: ApiServer) -> None:
    with pytest.raises(TimeoutError):
        await server.until(server.watching, seconds=0.01)
