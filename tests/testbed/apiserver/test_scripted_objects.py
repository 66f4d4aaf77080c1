"""What the scripted API server makes of the objects it is given."""

from pathlib import Path

import pytest
import yaml

from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient

TEXT = """
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]}
---
kind: Deployment
metadata: {name: web}
---
kind: EndpointSliceList
items:
- kind: EndpointSlice
  metadata: {name: web-1, namespace: shop}
---
"""


def test_what_an_api_server_fills_in() -> None:
    server = ApiServer()
    server.load(TEXT)
    web = server.get("Service", "shop", name="web")
    assert web is not None
    assert web["apiVersion"] == "v1"
    assert web["metadata"]["resourceVersion"] == "1001"
    assert len(web["metadata"]["uid"]) == 36
    assert web["spec"] == {
        "type": "ClusterIP",
        "clusterIP": "10.96.0.1",
        "clusterIPs": ["10.96.0.1"],
        "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 80}],
    }


def test_only_what_is_served_is_loaded_and_lists_are_opened() -> None:
    server = ApiServer()
    assert server.load(TEXT) == 1002
    assert [one["metadata"]["name"] for one in server.objects("endpointslices")] == ["web-1"]


def test_both_spellings_of_a_cluster_ip() -> None:
    server = ApiServer()
    server.put(
        {"kind": "Service", "metadata": {"name": "six"}, "spec": {"clusterIPs": ["fd00::1", "10.0.0.1"]}}
    )
    found = server.get("services", "default", name="six")
    assert found is not None
    assert found["spec"]["clusterIP"] == "fd00::1"


def test_an_external_name_has_no_cluster_ip() -> None:
    server = ApiServer()
    spec = {"type": "ExternalName", "externalName": "example.org"}
    server.put({"kind": "Service", "metadata": {"name": "far"}, "spec": spec})
    assert server.objects("Service")[0]["spec"] == spec


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.json").write_text(
        '[{"kind": "Namespace", "metadata": {"name": "shop"}}]', encoding="utf-8"
    )
    (tmp_path / "c.txt").write_text("{", encoding="utf-8")
    server = ApiServer()
    assert server.load_folder(tmp_path) == 1003
    assert server.get("Namespace", "", name="shop") is not None


def test_a_huge_object_keeps_what_it_said() -> None:
    server = ApiServer()
    server.load(TEXT)
    server.put_huge("Service", "shop", name="web", octets=2000)
    web = server.get("Service", "shop", name="web")
    assert web is not None
    assert len(web["metadata"]["annotations"]["example.org/huge"]) == 2000
    assert web["spec"]["clusterIP"] == "10.96.0.1"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        pytest.param({"kind": "Nix", "metadata": {"name": "x"}}, 'found "Nix"', id="kind"),
        pytest.param({"kind": "Pod", "metadata": {}}, "expected metadata.name in a Pod", id="name"),
    ],
)
def test_wrong_objects_are_errors_of_the_test(document: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ApiServer().put(document)


def test_text_that_is_no_yaml() -> None:
    with pytest.raises(yaml.YAMLError):
        ApiServer().load("a: [")


async def test_an_object_is_sent_in_the_encoding_that_it_was_given(
    server: ApiServer, client: RawClient
) -> None:
    deep = '"managedFields":[{"fieldsV1":' + '{"f:a":' * 5000 + "{}" + "}" * 5000 + "}]"
    server.put_raw("Service", "shop", name="raw", metadata=deep, rest='{ "spec":{} }')
    reply = await client.list("services")
    assert deep.encode() in reply.body
    assert reply.body.endswith(b', "spec":{} }]}\n')
