"""Lists and gets of the scripted API server, as a kube-apiserver answers them."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient

Make = Callable[..., dict[str, Any]]
METADATA = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
ALL = ["ledger", "web", "cache", "db", "web"]


async def test_a_list_is_sorted_and_has_the_version_of_the_last_change(
    shops: ApiServer, client: RawClient
) -> None:
    shops.pass_versions(2)
    answer = await client.list("services")
    assert (answer.code, answer.names, answer.version) == (200, ALL, "1007")
    assert answer.document["kind"] == "ServiceList"
    assert answer.document["apiVersion"] == "v1"
    assert answer.headers["Content-Type"] == "application/json"


async def test_items_of_a_built_in_list_have_no_kind_and_custom_ones_do(
    shops: ApiServer, client: RawClient
) -> None:
    shops.put({"kind": "ServiceImport", "metadata": {"namespace": "shop", "name": "far"}})
    (near, *_), (far,) = [
        (await client.list(resource)).document["items"] for resource in ("services", "serviceimports")
    ]
    assert "kind" not in near
    assert (far["kind"], far["apiVersion"]) == ("ServiceImport", "multicluster.x-k8s.io/v1alpha1")


async def test_a_namespaced_path_lists_one_namespace(shops: ApiServer, client: RawClient) -> None:
    assert (await client.list("services", "bank")).names == ["ledger", "web"]
    assert (await client.list("services", "nowhere")).names == []
    assert shops.count("list", "services", namespace="bank") == 1


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        pytest.param("app", ["ledger", "web", "db", "web"], id="exists"),
        pytest.param("!app", ["cache"], id="absent"),
        pytest.param("app=web", ["web", "web"], id="equal"),
        pytest.param("app!=web", ["ledger", "cache", "db"], id="unequal"),
        pytest.param("app in (db, ledger)", ["ledger", "db"], id="in"),
        pytest.param("app notin (web),tier", ["ledger"], id="notin-and-exists"),
    ],
)
async def test_label_selectors(shops: ApiServer, client: RawClient, selector: str, names: list[str]) -> None:
    answer = await client.list("services", labelSelector=selector)
    assert (answer.names, answer.version) == (names, str(shops.version))


async def test_field_selectors(server: ApiServer, client: RawClient) -> None:
    for name, phase in (("one", "Running"), ("two", "Succeeded"), ("three", "Failed")):
        server.put({"kind": "Pod", "metadata": {"name": name}, "status": {"phase": phase}})
    selector = "status.phase!=Succeeded,status.phase!=Failed"
    assert (await client.list("pods", fieldSelector=selector)).names == ["one"]
    assert (await client.list("pods", fieldSelector="metadata.name=two")).names == ["two"]
    assert (await client.list("pods", fieldSelector="metadata.namespace=default")).names == [
        "one",
        "three",
        "two",
    ]


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        pytest.param({"labelSelector": "a in b"}, 400, "unable to parse requirement", id="label-selector"),
        pytest.param({"fieldSelector": "spec.x=1"}, 400, "not supported for Service", id="field"),
        pytest.param({"resourceVersion": "x"}, 400, "resourceVersion", id="version"),
        pytest.param({"limit": "x"}, 400, "limit", id="limit"),
        pytest.param({"continue": "x"}, 400, "continue key is not valid", id="token"),
        pytest.param({"continue": "x", "resourceVersion": "5"}, 400, "not allowed", id="token-and-version"),
        pytest.param({"resourceVersionMatch": "Exact"}, 422, "unless", id="match-alone"),
        pytest.param({"resourceVersionMatch": "Some", "resourceVersion": "5"}, 422, "supported", id="match"),
        pytest.param({"resourceVersionMatch": "Exact", "resourceVersion": "0"}, 422, '"0"', id="exact-0"),
        pytest.param({"sendInitialEvents": "true"}, 422, "forbidden for list", id="streaming"),
        pytest.param({"watch": "1", "sendInitialEvents": "true"}, 422, "NotOlderThan", id="no-match"),
        pytest.param(
            {"watch": "1", "resourceVersionMatch": "NotOlderThan"}, 422, "unless", id="watch-with-match"
        ),
    ],
)
async def test_options_that_are_wrong_get_a_status(
    server: ApiServer, client: RawClient, params: dict[str, Any], code: int, words: str
) -> None:
    answer = await client.list("services", **params)
    status = answer.document
    assert (answer.code, status["code"], status["kind"], status["status"]) == (
        code,
        code,
        "Status",
        "Failure",
    )
    assert words in status["message"]
    assert server.count("watch" if "watch" in params else "list") == 1


async def test_pages_are_of_one_version(shops: ApiServer, client: RawClient, service: Make) -> None:
    first = await client.list("services", limit=2)
    shops.delete("Service", "shop", "cache")
    shops.put(service("shop/aaa"))
    second = await client.list("services", limit=2, **{"continue": first.document["metadata"]["continue"]})
    third = await client.list("services", limit=2, **{"continue": second.document["metadata"]["continue"]})
    assert first.names + second.names + third.names == ALL
    assert {first.version, second.version, third.version} == {"1005"}
    assert first.document["metadata"]["remainingItemCount"] == 3
    assert "continue" not in third.document["metadata"]


async def test_pages_of_a_selection_do_not_say_what_remains(shops: ApiServer, client: RawClient) -> None:
    page = await client.list("services", limit=1, labelSelector="app=web")
    assert page.names == ["web"]
    assert set(page.document["metadata"]) == {"resourceVersion", "continue"}


async def test_a_list_of_a_version_that_has_expired_says_so_as_an_api_server_does(
    shops: ApiServer, client: RawClient
) -> None:
    expired = await client.list("services", resourceVersion=7, resourceVersionMatch="Exact")
    assert expired.document["message"] == "The resourceVersion for the provided list is too old."
    assert expired.document["reason"] == "Expired"


async def test_an_expired_token_gets_410_and_one_that_goes_on_with_what_is_there_now(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    first = await client.list("services", limit=2)
    shops.put(service("shop/aaa"))
    shops.expire_tokens()
    again = await client.list("services", limit=9, **{"continue": first.document["metadata"]["continue"]})
    assert (again.code, again.document["reason"]) == (410, "Expired")
    rest = await client.list("services", **{"continue": again.document["metadata"]["continue"]})
    assert rest.names == ["aaa", "cache", "db", "web"]
    assert rest.version == str(shops.version)


@pytest.mark.parametrize(
    ("params", "code", "version"),
    [
        pytest.param({}, 200, "1006", id="consistent"),
        pytest.param({"resourceVersion": "0"}, 200, "1006", id="any"),
        pytest.param({"resourceVersion": "0", "limit": "2"}, 200, "1006", id="any-has-no-pages"),
        pytest.param({"resourceVersion": "1003"}, 200, "1006", id="not-older"),
        pytest.param(
            {"resourceVersion": "1003", "resourceVersionMatch": "NotOlderThan"}, 200, "1006", id="said"
        ),
        pytest.param({"resourceVersion": "1005", "resourceVersionMatch": "Exact"}, 200, "1005", id="exact"),
        pytest.param({"resourceVersion": "1005", "limit": "9"}, 200, "1005", id="limit-means-exact"),
        pytest.param({"resourceVersion": "7", "resourceVersionMatch": "Exact"}, 410, "", id="expired"),
        pytest.param({"resourceVersion": "2000"}, 504, "", id="future"),
    ],
)
async def test_versions_of_lists(
    shops: ApiServer, client: RawClient, params: dict[str, Any], code: int, version: str
) -> None:
    shops.delete("Service", "shop", "db")
    answer = await client.list("services", **params)
    assert answer.code == code
    if code == 200:
        names = [name for name in ALL if name != "db" or version == "1005"]
        assert (answer.names, answer.version) == (names, version)


async def test_a_version_from_the_future_is_too_large(shops: ApiServer, client: RawClient) -> None:
    answer = await client.list("services", resourceVersion=2000)
    status = answer.document
    assert (status["reason"], answer.headers["Retry-After"]) == ("Timeout", "1")
    assert "Too large resource version: 2000, current: 1005" in status["message"]
    assert status["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"


async def test_a_version_that_comes_in_time_is_waited_for(service: Make) -> None:
    async with ApiServer(fresh_seconds=5.0) as server, RawClient(server.url) as client:
        version = server.put(service("shop/web"))
        asking = asyncio.create_task(client.list("services", resourceVersion=version + 1))
        await server.until(lambda: server.count("list"))
        server.pass_versions(1)
        assert (await asking).version == str(version + 1)


async def test_only_metadata_on_request(shops: ApiServer, client: RawClient) -> None:
    answer = await client.list("services", "bank", headers=METADATA)
    document = answer.document
    assert (document["kind"], document["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    assert [set(item) for item in document["items"]] == [{"kind", "apiVersion", "metadata"}] * 2
    assert document["items"][0]["metadata"]["resourceVersion"] == "1005"
    assert answer.version == str(shops.version)


@pytest.mark.parametrize(
    ("accept", "code", "kind"),
    [
        pytest.param("application/json", 200, "ServiceList", id="json"),
        pytest.param("application/vnd.kubernetes.protobuf, */*", 200, "ServiceList", id="rather-protobuf"),
        pytest.param("application/json;as=Table;g=meta.k8s.io;v=v1, */*", 200, "ServiceList", id="table"),
        pytest.param("application/vnd.kubernetes.protobuf", 406, "Status", id="only-protobuf"),
    ],
)
async def test_what_is_accepted(
    shops: ApiServer, client: RawClient, accept: str, code: int, kind: str
) -> None:
    answer = await client.list("services", headers={"Accept": accept})
    assert (answer.code, answer.document["kind"]) == (code, kind)
    assert shops.requests[-1].accept == accept


async def test_one_object(shops: ApiServer, client: RawClient) -> None:
    found = await client.ask("/api/v1/namespaces/shop/services/web")
    assert (found.document["kind"], found.document["apiVersion"], found.version) == ("Service", "v1", "1001")
    assert shops.asked("get", "services")[0].name == "web"
    missing = await client.ask("/api/v1/namespaces/shop/services/nix")
    assert (missing.code, missing.document["message"]) == (404, 'services "nix" not found')
    assert missing.document["details"] == {"name": "nix", "kind": "services"}


async def test_a_namespace_is_an_object_at_cluster_scope(server: ApiServer, client: RawClient) -> None:
    server.put({"kind": "Namespace", "metadata": {"name": "shop"}})
    found = await client.ask("/api/v1/namespaces/shop")
    assert found.document["metadata"]["labels"] == {"kubernetes.io/metadata.name": "shop"}
    missing = await client.ask("/api/v1/namespaces/nix")
    assert (missing.code, missing.document["details"]["kind"]) == (404, "namespaces")


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        pytest.param("/readyz", 200, "ok", id="ready"),
        pytest.param("/version", 200, "gitVersion", id="version"),
        pytest.param("/api/v1/nodes", 404, "not found", id="resource"),
        pytest.param("/apis/example.org/v1/services", 404, "not found", id="group"),
        pytest.param("/api/v1/namespaces/a/namespaces", 404, "not found", id="namespaces-in-a-namespace"),
        pytest.param("/api/v1/services/web", 404, "not found", id="no-namespace"),
        pytest.param("/api/v1/namespaces/a/services/b/status", 404, "not found", id="subresource"),
        pytest.param("/api/v1", 404, "not found", id="nothing"),
    ],
)
async def test_other_paths(server: ApiServer, client: RawClient, path: str, code: int, text: str) -> None:
    answer = await client.ask(path)
    assert (answer.code, text in answer.body.decode()) == (code, True)
    assert server.requests[0].resource == path


async def test_a_resource_that_nobody_defined(server: ApiServer, client: RawClient) -> None:
    server.uninstall("serviceimports")
    missing = await client.list("serviceimports")
    assert (missing.code, missing.body) == (404, b"404 page not found\n")
    server.install("serviceimports")
    assert (await client.list("serviceimports")).code == 200


async def test_long_lists_are_compressed_for_those_who_accept_it(
    server: ApiServer, client: RawClient
) -> None:
    server.put_huge("Service", "shop", name="web")
    plain = await client.list("services", headers={"Accept-Encoding": "identity"})
    small = await client.list("services", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert plain.body == small.body
    assert len(plain.body) > 1_572_864
    short = await client.list("pods", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in short.headers


async def test_a_stale_cache_answers_lists_at_version_0(
    shops: ApiServer, client: RawClient, service: Make
) -> None:
    shops.stale_cache()
    shops.put(service("shop/new"))
    assert (await client.list("services", resourceVersion=0)).version == "1005"
    assert "new" in (await client.list("services")).names
    shops.heal()
    assert "new" in (await client.list("services", resourceVersion=0)).names
