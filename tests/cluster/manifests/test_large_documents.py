"""Documents that are too large for one call are read in many, and say the same."""

import gc
import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clusterdns.cluster.kube.declared import Declared
from clusterdns.cluster.manifests import json_cutter, json_reader, yaml_events
from clusterdns.cluster.manifests.chunks import Chunk, yaml_chunks
from clusterdns.cluster.manifests.documents import DocumentFault, DocumentReader
from clusterdns.cluster.manifests.events import line_of
from clusterdns.cluster.manifests.json_cutter import JsonFault, json_chunks
from clusterdns.cluster.manifests.json_reader import json_events, read_json
from clusterdns.cluster.manifests.memory import BATCH, give_back, rarely_collected
from clusterdns.cluster.manifests.pieces import PIECE
from clusterdns.cluster.manifests.yaml_reader import read_yaml
from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.objects import EndpointSlice, Service

ENDPOINTS = 1500
MANY = 10**9


def endpoint_slice(count: int = ENDPOINTS) -> dict[str, Any]:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "endpoints": [
            {"addresses": [f"10.0.{number >> 8}.{number & 255}"], "targetRef": {"name": f"web-{number}"}}
            for number in range(count)
        ],
    }


def service(**more: Any) -> dict[str, Any]:
    spec = {"clusterIP": "None", "ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec} | more


def pieces_of(text: str, size: int = PIECE) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def read(text: str, *, is_json: bool, yield_to_loop: Callable[[], None] = no_yield) -> list[Declared]:
    cut = json_chunks if is_json else yaml_chunks
    reader = DocumentReader()
    chunks = cut(pieces_of(text), yield_to_loop)
    return [item for chunk in chunks for item in reader.read(chunk, yield_to_loop, is_json=is_json)]


class Calls:
    """How much was given to one call of a library at most: characters, and values within plain ones."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.characters = 0
        self.values = 0
        decode, loads, convert = json.JSONDecoder.raw_decode, json.loads, msgspec.convert

        def raw_decode(decoder: json.JSONDecoder, text: str, idx: int = 0) -> tuple[Any, int]:
            self.characters = max(self.characters, len(text))
            return decode(decoder, text, idx)

        def from_text(text: str) -> Any:
            self.characters = max(self.characters, len(text))
            return loads(text)

        def converted(value: Any, kind: Any) -> Any:
            self.values = max(self.values, _count(value))
            return convert(value, kind)

        monkeypatch.setattr(json.JSONDecoder, "raw_decode", raw_decode)
        monkeypatch.setattr(json, "loads", from_text)
        monkeypatch.setattr(msgspec, "convert", converted)


def _count(value: Any) -> int:
    """Values that a call has to look at; a shape is taken as it is."""
    if isinstance(value, dict):
        return 1 + sum(map(_count, value.values()))
    return (
        1 + sum(0 if isinstance(each, msgspec.Struct) else _count(each) for each in value)
        if isinstance(value, list)
        else 1
    )


@pytest.mark.parametrize("is_json", [True, False], ids=["json", "yaml"])
@pytest.mark.parametrize("indent", [None, 1], ids=["one-line", "many-lines"])
def test_no_call_gets_more_than_a_piece_of_a_large_slice(
    is_json: bool, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(endpoint_slice(), indent=indent)
    yields: list[int] = []
    calls = Calls(monkeypatch)
    (found,) = read(text, is_json=is_json, yield_to_loop=lambda: yields.append(1))
    assert isinstance(found.slim, EndpointSlice)
    assert len(found.slim.endpoints()) == ENDPOINTS
    assert calls.characters <= 2 * PIECE
    assert calls.values <= 10 * BATCH
    assert len(yields) >= max(len(text) // PIECE, ENDPOINTS // json_reader.VALUES_A_YIELD)


@pytest.mark.parametrize("is_json", [True, False], ids=["json", "yaml"])
def test_a_slice_in_parts_is_the_slice(is_json: bool) -> None:
    value = endpoint_slice(2 * BATCH + 1)
    value["endpoints"][BATCH]["conditions"] = {"ready": False}
    value["endpoints"][7]["zone"] = "west"
    (found,) = read(json.dumps(value), is_json=is_json)
    assert isinstance(found.slim, EndpointSlice)
    endpoints = found.slim.endpoints()
    assert sorted(each.pod for each in endpoints) == sorted(f"web-{n}" for n in range(2 * BATCH + 1))
    assert [each.pod for each in endpoints if not each.ready] == [f"web-{BATCH}"]
    assert [each.pod for each in endpoints if each.zone] == ["web-7"]


def spoilt_slice() -> dict[str, Any]:
    value = endpoint_slice()
    value["endpoints"][-1]["addresses"] = 7
    return value


def spoilt_list() -> dict[str, Any]:
    wrong = service(spec={"ports": [{"port": 80}, {"port": "http"}]})
    return {"apiVersion": "v1", "kind": "List", "items": [*[service()] * ENDPOINTS, wrong]}


@pytest.mark.parametrize("is_json", [True, False], ids=["json", "yaml"])
@pytest.mark.parametrize(
    ("make", "needle", "reason"),
    [
        pytest.param(spoilt_slice, '"addresses": 7', f"endpoints[{ENDPOINTS - 1}].addresses: ", id="slice"),
        pytest.param(spoilt_list, '"port": "http"', "spec.ports[1].port: expected an integer", id="list"),
    ],
)
def test_a_mistake_at_the_end_of_a_large_document_has_its_line(
    is_json: bool,
    make: Callable[[], dict[str, Any]],
    needle: str,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = json.dumps(make(), indent=1)
    calls = Calls(monkeypatch)
    with pytest.raises(DocumentFault) as caught:
        read(text, is_json=is_json)
    assert text.splitlines()[caught.value.line - 1].strip(" ,") == needle
    assert reason in caught.value.reason
    assert calls.characters <= 2 * PIECE


@pytest.mark.parametrize(("is_json", "depth"), [(True, 10_000), (False, 2000)], ids=["json", "yaml"])
def test_what_nobody_reads_may_be_nested_as_deep_as_it_likes(is_json: bool, depth: int) -> None:
    nested = '{"f:a": ' * depth + "{}" + "}" * depth
    head = (
        '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "managedFields": [{"fieldsV1": '
    )
    (found,) = read(f'{head}{nested}}}]}}, "spec": {{"clusterIP": "None"}}}}', is_json=is_json)
    assert isinstance(found.slim, Service)
    assert found.slim.headless


@pytest.mark.parametrize("size", [PIECE, 3 * PIECE, 40 * PIECE])
def test_what_nobody_reads_may_be_as_long_as_it_likes(size: int) -> None:
    text = json.dumps(service(status={"note": '\x01"\\' * (size // 10)}))
    (found,) = read(text, is_json=True)
    assert isinstance(found.slim, Service)
    assert found.slim.ports[0].number == 80


def test_a_text_of_yaml_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_events, "MOST_TEXT", 4 * PIECE)
    text = "a: 1\nb: " + "x" * (8 * PIECE)
    with pytest.raises(yaml_events.YamlFault, match="a text of more than 0 MiB"):
        list(read_yaml(pieces_of(text), no_yield))
    comments = "# a comment\n" * PIECE + "a: 1\n"
    assert list(read_yaml(["a: [" + "x, " * PIECE + "]"], no_yield))
    with pytest.raises(yaml_events.YamlFault):
        list(read_yaml(pieces_of(comments), no_yield))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=20,
)


def _small_pieces(patching: pytest.MonkeyPatch, size: int) -> None:
    """Let everything be large, but for the keys of a list."""
    patching.setattr(json_cutter, "PIECE", 16)
    patching.setattr(json_reader, "PIECE", size)
    patching.setattr(json_reader, "SMALL", size)


@given(st.lists(values, max_size=4), st.integers(1, 9), st.booleans(), st.sampled_from([None, 1]))
@example(items=[100000000000000.5], size=1, ascii_only=True, indent=None)  # cut off behind the point
def test_json_in_small_pieces_says_the_same(
    items: list[Any], size: int, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps({"kind": "List", "items": items}, ensure_ascii=ascii_only, indent=indent)
    with pytest.MonkeyPatch.context() as patching:
        _small_pieces(patching, size)
        patching.setattr(json_reader, "MOST_TEXT", MANY)
        chunks = list(json_chunks(pieces_of(text, size), no_yield))
        assert [json.loads(chunk.text) for chunk in chunks] == items
        patching.setattr(json_reader, "PIECE", 1000)  # or long texts are kept as they are written
        assert [read_json(chunk, no_yield, most=MANY) for chunk in chunks] == items


@given(st.text(alphabet='{}[]",:1a\\ \nu', max_size=30), st.integers(1, 9))
@example('\\,\\"\nu,:]::\\u\\u1{1', 1)  # no value at all, where more is to come
def test_any_text_in_small_pieces_is_values_or_one_kind_of_error(text: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patching:
        _small_pieces(patching, size)
        try:
            chunks = list(json_chunks(pieces_of(text, size), no_yield))
            found = [read_json(chunk, no_yield, most=MANY) for chunk in chunks]
        except JsonFault:
            return
        assert len(found) == len(chunks)


@given(st.lists(values, min_size=1, max_size=3), st.integers(1, 50))
def test_yaml_in_small_pieces_is_cut_into_the_same_documents(documents: list[Any], size: int) -> None:
    text = "".join(f"---\n{json.dumps(each)}\n" for each in documents)
    whole = [chunk.text for chunk in yaml_chunks([text], no_yield)]
    assert [chunk.text for chunk in yaml_chunks(pieces_of(text, size), no_yield)] == whole


PLACES = '{\n"a": 1,\n"b": [\n{"c": [1,\n2]},\n{"d": {\n"e": 1}}]}'


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param((), 1, id="whole"),
        pytest.param(("a",), 2, id="key"),
        pytest.param(("b", 0, "c", 1), 5, id="item"),
        pytest.param(("b", 1, "d", "e"), 7, id="deep"),
        pytest.param(("b", 1, "x"), 6, id="missing-key"),
        pytest.param(("b", 7), 3, id="missing-item"),
        pytest.param(("a", "x"), 2, id="below-a-scalar"),
    ],
)
def test_the_line_of_a_path_in_json(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(json_events(Chunk(pieces=(PLACES,), line=1), no_yield), path) == line


def test_what_is_given_back_is_emptied_in_steps() -> None:
    shared: list[int] = [1]
    inner = list(range(10 * BATCH))
    value = {"a": inner, "b": [shared, shared, {"c": shared}]}
    yields: list[int] = []
    give_back(value, lambda: yields.append(len(inner)))
    assert (value, inner, shared) == ({}, [], [])
    assert yields[1:11] == [BATCH * left for left in range(9, -1, -1)]
    for nothing in ("text", 7, None):
        give_back(nothing, no_yield)


def test_the_collector_is_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with rarely_collected():
        assert gc.get_threshold()[:2] == before[:2]
        assert gc.get_threshold()[2] > before[2]
    assert gc.get_threshold() == before


def test_the_collector_is_as_before_whoever_ends_first() -> None:
    before = gc.get_threshold()
    first, second = rarely_collected(), rarely_collected()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[2] > before[2]
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


def endless(octet: str) -> Iterator[str]:
    while True:
        yield octet * PIECE


def test_a_fault_is_found_without_reading_on() -> None:
    with pytest.raises(JsonFault, match="expected a key in quotes"):
        next(iter(json_chunks(endless("{"), no_yield)))
