"""Cutting files into documents."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.manifests.chunks import yaml_chunks
from clusterdns.cluster.manifests.json_cutter import JsonFault, json_chunks
from clusterdns.cluster.manifests.yielding import no_yield


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("a: 1\n", [("a: 1\n", 1)], id="one"),
        pytest.param("a: 1\n---\nb: 2\n", [("a: 1\n", 1), ("---\nb: 2\n", 2)], id="two"),
        pytest.param("---\na: 1\n", [("---\na: 1\n", 1)], id="marker-first"),
        pytest.param("# only\n---\n---\na: 1\n", [("---\na: 1\n", 3)], id="what-holds-nothing-is-left-out"),
        pytest.param("%YAML 1.1\n---\na: 1\n", [("---\na: 1\n", 2)], id="directive"),
        pytest.param("--- {a: 1}\n--- # b\nb: 2", [("--- {a: 1}\n", 1), ("--- # b\nb: 2", 2)], id="inline"),
        pytest.param("a: |\n  ---\n  x\n", [("a: |\n  ---\n  x\n", 1)], id="indented-is-no-marker"),
        pytest.param("a: ---b\n----\n", [("a: ---b\n----\n", 1)], id="four-dashes-are-none"),
        pytest.param("a: 1\r\n---\r\nb: 2\r\n", [("a: 1\r\n", 1), ("---\r\nb: 2\r\n", 2)], id="crlf"),
        pytest.param("a: 1\n---", [("a: 1\n", 1)], id="marker-last"),
    ],
)
def test_yaml_is_cut_at_its_markers(text: str, chunks: list[tuple[str, int]]) -> None:
    assert [(chunk.text, chunk.line) for chunk in yaml_chunks([text], no_yield)] == chunks


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        pytest.param(" \n", [], id="empty"),
        pytest.param('\n{"a": 1}\n', [('{"a": 1}', 2)], id="object"),
        pytest.param('{"a": 1}\n{"b": 2}', [('{"a": 1}', 1), ('{"b": 2}', 2)], id="several"),
        pytest.param('{\n"items": [\n{"a": 1},\n\n{"b": 2}]}', [('{"a": 1}', 3), ('{"b": 2}', 5)], id="list"),
        pytest.param('{"items": []}', [], id="empty-list"),
        pytest.param("{}", [("{}", 1)], id="empty-object"),
        pytest.param('{"items": {"a": [1]}}', [('{"items": {"a": [1]}}', 1)], id="items-that-are-no-array"),
        pytest.param("[1, 2]", [("[1, 2]", 1)], id="array"),
    ],
)
def test_json_is_cut_into_items(text: str, chunks: list[tuple[str, int]]) -> None:
    assert [(chunk.text, chunk.line) for chunk in json_chunks([text], no_yield)] == chunks


def test_items_know_the_list_they_come_from() -> None:
    text = '{"items": [{}], "kind": "ServiceList", "apiVersion": "v1"}'
    (chunk,) = json_chunks([text], no_yield)
    assert (chunk.list_kind, chunk.list_version) == ("ServiceList", "v1")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param('{"a":\n}', 2, "not JSON: Expecting value", id="no-value"),
        pytest.param('{"a": 1\n', 2, 'not JSON: expected "," or "}", found the end', id="cut"),
        pytest.param('{"items": [{}\n{}]}', 2, 'not JSON: expected "," or "]", found "{"', id="no-comma"),
        pytest.param("{1: 2}", 1, "not JSON: expected a key in quotes", id="key"),
        pytest.param('{"a" 2}', 1, 'not JSON: expected ":", found "2"', id="no-colon"),
        pytest.param('\n\n{"a": x}', 3, "not JSON: Expecting value", id="word"),
        pytest.param('{"a":\n' + "1" * 5000 + "}", 2, "not JSON: a number has too many digits", id="digits"),
        pytest.param("[" * 100_000, 1, "not JSON: the end within a value", id="deep"),
    ],
)
def test_bad_json_is_named_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(JsonFault) as caught:
        list(json_chunks([text], no_yield))
    assert (caught.value.line, caught.value.reason) == (line, reason)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(values, max_size=4), st.sampled_from((None, 1)))
def test_the_items_of_any_list_are_found(items: list[object], indent: int | None) -> None:
    text = json.dumps({"kind": "List", "items": items, "metadata": {}}, indent=indent)
    assert [json.loads(chunk.text) for chunk in json_chunks([text], no_yield)] == items


@given(st.text(alphabet='{}[]",:1a \n', max_size=12))
def test_any_other_text_is_one_kind_of_error(text: str) -> None:
    with suppress(JsonFault):
        list(json_chunks([text], no_yield))


def test_equal_texts_have_equal_digests() -> None:
    one, two = yaml_chunks(["--- {a: 1}\n--- {a: 2}\n"], no_yield)
    (again,) = yaml_chunks(["--- {a: 1}\n"], no_yield)
    assert one.digest(no_yield) == again.digest(no_yield) != two.digest(no_yield)
