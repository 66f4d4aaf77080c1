"""Brackets are followed in text that comes in pieces, wherever these end."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.json.brackets import Brackets

NAMES = st.text('k"\\{}', max_size=3)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(alphabet='ab"\\[]{},:\u00e9', max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


def places(pieces: list[bytes]) -> tuple[list[int], int]:
    brackets, found, before = Brackets(), [], 0
    for piece in pieces:
        found += [before + place for place in brackets.take(piece)]
        before += len(piece)
    return found, brackets.depth


def expected(text: bytes) -> list[int]:
    found, is_text, is_escaped = [], False, False
    for place, octet in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif is_text and octet == ord("\\"):
            is_escaped = True
        elif octet == ord('"'):
            is_text = not is_text
        elif not is_text and octet in b"[]{}":
            found.append(place)
    return found


@given(VALUES, st.integers(1, 7))
def test_where_pieces_end_does_not_matter(value: object, size: int) -> None:
    text = msgspec.json.encode(value)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert places(pieces) == places([text]) == (expected(text), 0)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        pytest.param(b'[{"a":', 2, id="open"),
        pytest.param(b"]]", -2, id="too many"),
        pytest.param(b'["[[[', 1, id="a text that does not end"),
        pytest.param(b'["\\"[[[', 1, id="nor this one"),
        pytest.param(b'["\\', 1, id="a backslash is the last"),
    ],
)
def test_text_that_is_no_json_is_followed_too(text: bytes, depth: int) -> None:
    assert places([text])[1] == depth
    assert places([bytes((octet,)) for octet in text])[1] == depth
