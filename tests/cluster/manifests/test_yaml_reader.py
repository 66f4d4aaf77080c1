"""YAML as Kubernetes' tools read it."""

from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.manifests import yaml_reader
from clusterdns.cluster.manifests.events import line_of
from clusterdns.cluster.manifests.yaml_events import EVENTS_A_YIELD, YamlFault, yaml_events
from clusterdns.cluster.manifests.yaml_reader import read_yaml
from clusterdns.cluster.manifests.yielding import no_yield


def read(text: str) -> list[Any]:
    return list(read_yaml([text], no_yield))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("80", 80, id="integer"),
        pytest.param("-8_0", -80, id="signed-with-underscore"),
        pytest.param("0x1F", 31, id="hexadecimal"),
        pytest.param("0755", 493, id="octal"),
        pytest.param("0o755", 493, id="octal-1.2"),
        pytest.param("1.5", 1.5, id="float"),
        pytest.param("1e3", 1000.0, id="exponent"),
        pytest.param(".5", 0.5, id="leading-dot"),
        pytest.param("-.inf", float("-inf"), id="infinity"),
        pytest.param("true", True, id="true"),
        pytest.param("Off", False, id="off"),
        pytest.param("~", None, id="tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("--- \n", None, id="nothing"),
        pytest.param("'80'", "80", id="quoted"),
        pytest.param("{'<<': 1}", {"<<": 1}, id="quoted-merge-key-is-a-key"),
        pytest.param("!!str 80", "80", id="tagged"),
        pytest.param("!!int '80'", 80, id="tagged-integer"),
        pytest.param("!!float 80", 80.0, id="tagged-float"),
        pytest.param("! 80", "80", id="no-specific-tag"),
        pytest.param("2026-01-01", "2026-01-01", id="a-date-is-a-text"),
        pytest.param("10.96.0.1", "10.96.0.1", id="an-address-is-a-text"),
        pytest.param("12:30", "12:30", id="no-base-60"),
        pytest.param("yes-no", "yes-no", id="word"),
        pytest.param("1" * 65, "1" * 65, id="number-longer-than-any-field"),
        pytest.param("[a, {b: [c]}]", ["a", {"b": ["c"]}], id="nested"),
        pytest.param("{80: a, true: b}", {"80": "a", "true": "b"}, id="keys-are-texts"),
        pytest.param("a: |\n  x\n  y\n", {"a": "x\ny\n"}, id="block"),
        pytest.param("a: &x [1]\nb: *x", {"a": [1], "b": [1]}, id="alias"),
        pytest.param(
            "a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}",
            {"a": {"k": 1, "l": 2}, "b": {"k": 3, "l": 2}},
            id="merge",
        ),
        pytest.param(
            "a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}",
            {"a": {"k": 1}, "b": {"k": 2, "l": 2}, "c": {"k": 1, "l": 2}},
            id="merge-several",
        ),
    ],
)
def test_values(text: str, value: object) -> None:
    assert read(text) == [value]


def test_several_documents() -> None:
    assert read("a: 1\n...\n---\nb: 2\n---\n- c\n") == [{"a": 1}, {"b": 2}, ["c"]]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param("a: 1\nb: [1\nc: 2\n", 3, "not YAML: while parsing a flow sequence", id="open-bracket"),
        pytest.param("a: 1\n\tb: 2\n", 2, "not YAML: while scanning", id="tab"),
        pytest.param("a: 1\nb: x: y\n", 2, "not YAML: mapping values are not allowed", id="two-colons"),
        pytest.param("a: 1\nb: 2\na: 3\n", 3, 'the key "a" is there twice', id="doublet"),
        pytest.param("a: *x\n", 1, 'the alias "*x" has no anchor before it', id="alias"),
        pytest.param("\n[1]: 2\n", 2, "a key must be a text", id="list-as-key"),
        pytest.param("a: &x b\n*x : 2\n", 2, "a key must be a text", id="alias-as-key"),
        pytest.param("a: !!binary aGk=\n", 1, "unknown tag tag:yaml.org,2002:binary", id="binary"),
        pytest.param("a: !x 1\n", 1, "unknown tag !x", id="tag"),
        pytest.param("<<: 1\n", 1, "the merge key << takes a mapping or a list of them", id="merge"),
        pytest.param("a: 1\nb: \x01\n", 2, "not YAML: ", id="control-character"),
        pytest.param("[" * 10_001, 1, "nested more than 10,000 deep", id="deep"),
    ],
)
def test_bad_yaml_is_named_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(YamlFault) as caught:
        read(text)
    assert caught.value.reason.startswith(reason)
    assert caught.value.line == line


def test_aliases_cannot_expand_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reader, "MOST_NODES", 10_000)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(8)]
    with pytest.raises(YamlFault, match="more than 10,000 values"):
        read("\n".join(lines))


def test_work_pauses_between_pieces() -> None:
    yields: list[int] = []
    list(read_yaml(["- a\n" * 1000], lambda: yields.append(1)))
    assert len(yields) >= 1000 // EVENTS_A_YIELD


# No exponents among the random texts: the other writer takes `1e3` for a text, Kubernetes for a number.
texts = st.text(alphabet="ab10.:-~ nultx", max_size=6) | st.sampled_from(
    ("true", "No", "null", "<<", "=", "0x1")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(values, st.booleans())
def test_what_another_writer_wrote_is_read(value: object, flow: bool) -> None:
    assert read(yaml.safe_dump(value, default_flow_style=flow)) == [value]


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@\n\t 1", max_size=20))
def test_any_text_is_values_or_one_kind_of_error(text: str) -> None:
    with suppress(YamlFault):
        read(text)


PLACES = "a: 1\nb:\n  - c: 1\n  - d:\n      e: 1\n---\nf: 1\n"


@pytest.mark.parametrize(
    ("document", "path", "line"),
    [
        pytest.param(0, ("a",), 1, id="first"),
        pytest.param(0, ("b", 1, "d", "e"), 5, id="deep"),
        pytest.param(0, ("b", 1, "x"), 4, id="missing-key-is-where-its-mapping-is"),
        pytest.param(0, ("b", 7), 2, id="missing-index"),
        pytest.param(1, ("f",), 7, id="second-document"),
        pytest.param(0, (), 1, id="whole"),
    ],
)
def test_the_line_of_a_path(document: int, path: tuple[str | int, ...], line: int) -> None:
    assert line_of(yaml_events([PLACES], no_yield, document=document), path) == line
