"""Texts longer than anything that is read are cut, in pieces; everything else stays as it is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.json.shortening import KEPT, LONGEST, VERY_LARGE, shorten, shortened
from clusterdns.cluster.work import at_once

LONG = LONGEST * 5
A_PIECE = 32 * 1024
"""Octets at most that are looked at in one piece."""


def written(text: str) -> dict[str, Any]:
    return {"a": text, "list": [text, {"b": 1}], text: "value", "last": 'x"\\'}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("x", id="letters"),
        pytest.param("\x01", id="control characters"),
        pytest.param('"', id="quotes"),
        pytest.param("\\", id="backslashes"),
        pytest.param('\\"', id="both"),
        pytest.param("ä", id="umlauts"),
        pytest.param("\U0001f600", id="pairs of surrogates"),
        pytest.param('","a":"b"},{', id="what looks like an end"),
    ],
)
def test_long_texts_are_cut_and_the_rest_stays(unit: str, ascii_only: bool) -> None:
    text = unit * LONG
    document = json.dumps(written(text), ensure_ascii=ascii_only).encode()
    short = at_once(shorten(document))
    found = json.loads(short)
    kept = found["a"]
    assert text.startswith(kept.rstrip("\ud83d"))
    assert len(kept) <= KEPT
    assert found == written(kept)
    assert len(short) < LONGEST * 4


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'"', id="a quote"),
        pytest.param(b'{"a":"' + b"x" * LONG, id="a text without end"),
        pytest.param(b'{"a":"' + b"\\" * (LONG + 1), id="an escape without end"),
        pytest.param(b'{"a":"\\u00', id="half an escape"),
        pytest.param(b"\xff" * LONG, id="no text at all"),
    ],
)
def test_what_is_no_json_comes_to_an_end(document: bytes) -> None:
    assert len(at_once(shorten(document))) <= len(document)


def test_a_document_of_many_values_is_the_same() -> None:
    document = json.dumps([{"addresses": [f"10.0.0.{n % 256}" for n in range(100)]}] * 200).encode()
    assert at_once(shorten(document)) is document


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b'{"a":"' + b"\\u0001" * LONG + b'"}', id="one text"),
        pytest.param(b'["' + b'ab","' * LONG + b'"]', id="many texts"),
        pytest.param(b"[" + b"{}," * LONG + b"1]", id="no texts"),
    ],
)
def test_it_is_done_in_pieces(document: bytes) -> None:
    assert sum(1 for _ in shorten(document)) >= len(document) / A_PIECE


def test_only_very_large_documents_are_looked_at() -> None:
    small, large = (b'"' + b"x" * octets + b'"' for octets in (VERY_LARGE - 2, VERY_LARGE))
    assert at_once(shortened(small)) is small
    assert len(at_once(shortened(large))) < LONGEST


values = st.recursive(
    st.text(max_size=20) | st.integers() | st.sampled_from(['"', "\\", "\\\\", "é" * 9]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@given(values, values)
def test_what_stands_around_a_long_text_stays(before: Any, after: Any) -> None:
    document = json.dumps([before, "x" * LONG, after]).encode()
    assert json.loads(at_once(shorten(document))) == [before, "x" * KEPT, after]
