"""Declared objects, and what is said of documents that declare none rightly."""

import pytest

from clusterdns.cluster.kube.declared import Declared, DeclaredKey
from clusterdns.cluster.manifests.chunks import Chunk, yaml_chunks
from clusterdns.cluster.manifests.documents import DocumentFault, DocumentReader
from clusterdns.cluster.manifests.json_cutter import json_chunks
from clusterdns.cluster.manifests.yielding import no_yield


def read(text: str, *, is_json: bool = False) -> list[Declared]:
    cut = json_chunks if is_json else yaml_chunks
    reader = DocumentReader()
    return [item for chunk in cut([text], no_yield) for item in reader.read(chunk, no_yield, is_json=is_json)]


def keys(text: str, *, is_json: bool = False) -> list[str]:
    return [str(item.key) for item in read(text, is_json=is_json)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "{apiVersion: v1, kind: Service, metadata: {name: a}}", ["Service default/a"], id="default"
        ),
        pytest.param(
            "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: b}}",
            ["Service b/a"],
            id="namespace",
        ),
        pytest.param(
            "{apiVersion: v1, kind: Namespace, metadata: {name: a}}", ["Namespace a"], id="no-namespace"
        ),
        pytest.param(
            "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a.b}}",
            ["EndpointSlice default/a.b"],
            id="slice",
        ),
        pytest.param(
            "{apiVersion: multicluster.x-k8s.io/v1beta1, kind: ServiceImport, metadata: {name: a}}",
            ["ServiceImport default/a"],
            id="import",
        ),
        pytest.param("{apiVersion: apps/v1, kind: Deployment, spec: [1]}", [], id="unknown-kind"),
        pytest.param(
            "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a}}",
            [],
            id="kind-of-another-group",
        ),
        pytest.param("--- \n# nothing\n--- \nnull", [], id="nothing"),
        pytest.param(
            "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: a}}]}",
            ["Pod default/a"],
            id="list",
        ),
        pytest.param(
            "{apiVersion: v1, kind: ServiceList, items: [{metadata: {name: a}}, {metadata: {name: b}}]}",
            ["Service default/a", "Service default/b"],
            id="items-of-a-typed-list-need-not-say-what-they-are",
        ),
        pytest.param(
            "{apiVersion: v1, kind: List, items: "
            "[{apiVersion: v1, kind: PodList, items: [{metadata: {name: a}}]}]}",
            ["Pod default/a"],
            id="list-in-a-list",
        ),
        pytest.param("{apiVersion: v1, kind: List, items: null}", [], id="list-of-nothing"),
        pytest.param(
            "{apiVersion: v1, kind: DeploymentList, items: [{metadata: {}}]}", [], id="list-of-others"
        ),
    ],
)
def test_what_is_declared(text: str, found: list[str]) -> None:
    assert keys(text) == found


def test_a_typed_list_in_json() -> None:
    text = '{"kind": "ServiceList", "apiVersion": "v1", "items": [{"metadata": {"name": "a"}}]}'
    assert keys(text, is_json=True) == ["Service default/a"]


LABEL = "a DNS label (lower-case letters, digits, dashes)"
SHOP = """\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
# the web
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  labels: {app: web}
spec:
  clusterIP: 10.96.0.1
  ports:
  - name: http
    port: 80
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        pytest.param(
            "port: 80",
            "port: http",
            17,
            'Service shop/web: spec.ports[0].port: expected an integer, found "http"',
            id="word-as-port",
        ),
        pytest.param(
            "port: 80",
            "port: 70000",
            17,
            "Service shop/web: spec.ports[0].port: expected an integer <= 65535, found 70000",
            id="port-too-high",
        ),
        pytest.param(
            "    port: 80\n",
            "",
            16,
            "Service shop/web: spec.ports[0].port: expected a value, found nothing",
            id="no-port",
        ),
        pytest.param(
            "10.96.0.1",
            "10.96.0.256",
            14,
            'Service shop/web: spec.clusterIP: expected an IP address, found "10.96.0.256"',
            id="bad-address",
        ),
        pytest.param(
            "  name: web\n",
            "",
            9,
            f"Service: metadata.name: expected {LABEL}, found nothing",
            id="no-name",
        ),
        pytest.param(
            "name: web\n",
            "name: Web_1\n",
            10,
            f'Service shop/Web_1: metadata.name: expected {LABEL}, found "Web_1"',
            id="bad-name",
        ),
        pytest.param(
            "namespace: shop",
            "namespace: a.b",
            11,
            f'Service a.b/web: metadata.namespace: expected {LABEL}, found "a.b"',
            id="bad-namespace",
        ),
        pytest.param(
            "{app: web}",
            "{app: web, n: 80}",
            12,
            "Service shop/web: metadata.labels.n: expected a text, found 80",
            id="number-as-label",
        ),
        pytest.param(
            "  ports:\n  - name: http\n    port: 80",
            "  ports: {}",
            15,
            "Service shop/web: spec.ports: expected a list, found a mapping",
            id="mapping-for-list",
        ),
        pytest.param(
            "kind: Service\n", "", 7, "kind: expected the kind of the object, found nothing", id="no-kind"
        ),
        pytest.param(
            "apiVersion: v1\nkind: Service",
            "kind: Service",
            7,
            "Service shop/web: apiVersion: expected the version of the API, found nothing",
            id="no-version",
        ),
        pytest.param("port: 80", "port: [", 18, "not YAML: while parsing a flow node", id="not-yaml"),
    ],
)
def test_a_fault_is_named_with_line_object_and_field(old: str, new: str, line: int, reason: str) -> None:
    assert old in SHOP
    with pytest.raises(DocumentFault) as caught:
        read(SHOP.replace(old, new))
    assert caught.value.reason.startswith(reason)
    assert caught.value.line == line


def test_a_fault_in_a_list_has_the_line_of_its_item() -> None:
    items = "".join(
        f"- apiVersion: v1\n  kind: Service\n  metadata: {{name: a}}\n  spec: {{ports: [{{port: {port}}}]}}\n"
        for port in ("80", "x")
    )
    with pytest.raises(
        DocumentFault, match=r'spec\.ports\[0\]\.port: expected an integer, found "x"'
    ) as caught:
        read(f"apiVersion: v1\nkind: List\nitems:\n{items}")
    assert caught.value.line == 11


def test_a_fault_in_json_has_its_line() -> None:
    text = '{"items": [\n{"apiVersion": "v1",\n\t"kind": "Service",\n\t"metadata": {\n\t\t"name": 7}}]}'
    with pytest.raises(DocumentFault, match=r"Service: metadata\.name: expected a text, found 7") as caught:
        read(text, is_json=True)
    assert caught.value.line == 5


def test_a_json_escape_that_yaml_lacks_still_gives_a_line() -> None:
    text = '\n{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a\\/b"}}'
    with pytest.raises(DocumentFault, match=r"metadata\.name") as caught:
        read(text, is_json=True)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            "just words", 'the document: expected a Kubernetes object, found "just words"', id="text"
        ),
        pytest.param("[1]", "the document: expected a Kubernetes object, found a list", id="list"),
        pytest.param(
            "{apiVersion: v1, kind: Endpoints, metadata: {name: a}, "
            "subsets: [{notReadyAddresses: [{ip: x}]}]}",
            'Endpoints default/a: subsets[0].notReadyAddresses[0].ip: expected an IP address, found "x"',
            id="endpoints",
        ),
        pytest.param(
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {publishNotReadyAddresses: 1}}",
            "Service default/a: spec.publishNotReadyAddresses: expected true or false, found 1",
            id="flag",
        ),
        pytest.param(
            "{apiVersion: v1, kind: Service, metadata: {name: a}, "
            "spec: {ports: [{port: 1, targetPort: 1.5}]}}",
            "Service default/a: spec.ports[0].targetPort: expected an integer or a text, found 1.5",
            id="union",
        ),
        pytest.param(
            f"{{apiVersion: v1, kind: Service, metadata: {{name: {'a' * 100}}}}}",
            f'Service default/{"a" * 100}: metadata.name: expected {LABEL}, found "{"a" * 59}...',
            id="long-values-are-cut",
        ),
    ],
)
def test_the_words_of_a_fault(text: str, reason: str) -> None:
    with pytest.raises(DocumentFault) as caught:
        read(text)
    assert caught.value.reason == reason


def test_declared_objects_know_their_labels_and_line() -> None:
    namespace, service = read(SHOP)
    assert (namespace.line, service.line) == (1, 5)
    assert (namespace.labels, service.labels) == ({}, {"app": "web"})
    assert service.key == DeclaredKey("Service", "shop", "web")


def test_a_chunk_is_read_for_itself() -> None:
    chunk = Chunk(pieces=("{apiVersion: v1, kind: Service, metadata: {name: a}}",), line=40)
    assert [item.line for item in DocumentReader().read(chunk, no_yield, is_json=False)] == [40]
