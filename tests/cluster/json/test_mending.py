"""What the API server may send and msgspec refuses is read as Go reads it."""

from random import Random

import msgspec
import pytest

from clusterdns.cluster.json.mending import MOST_DEPTH, mend
from clusterdns.cluster.json.prefix import closed
from clusterdns.cluster.work import at_once


def nested(depth: int, opening: bytes = b'{"f:a":', closing: bytes = b"}") -> bytes:
    return opening * depth + b"1" + closing * depth


@pytest.mark.parametrize(
    "deep",
    [
        pytest.param(nested(10_000), id="objects"),
        pytest.param(nested(10_000, b"[", b"]"), id="lists"),
        pytest.param(nested(5_000, b'{"[\\"":[', b"]}"), id="both, with brackets in names"),
        pytest.param(nested(200_000, b"[", b"]"), id="deeper than the API server takes"),
        pytest.param(b"[" + b",".join([nested(2_000)] * 50) + b"]", id="often"),
    ],
)
def test_what_is_nested_too_deeply_becomes_null(deep: bytes) -> None:
    document = b'{"before":[1],"deep":' + deep + b',"after":{"a":"b"}}'
    with pytest.raises(RecursionError):
        msgspec.json.decode(document, type=dict[str, msgspec.Raw])
    found = msgspec.json.decode(at_once(mend(document)))
    assert (found["before"], found["after"]) == ([1], {"a": "b"})


def test_what_may_be_read_is_not_touched() -> None:
    document = nested(MOST_DEPTH)
    assert at_once(mend(document)) is document
    assert at_once(mend(nested(MOST_DEPTH + 1))) == nested(MOST_DEPTH).replace(b"1", b"null")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param(rb'"\ud800"', "\ufffd", id="the first half"),
        pytest.param(rb'"\uDFff"', "\ufffd", id="the second half"),
        pytest.param(rb'"\ude00\ud83d"', "\ufffd\ufffd", id="the wrong way round"),
        pytest.param(rb'"\ud83d\u0041"', "\ufffdA", id="before another character"),
        pytest.param(rb'"\ud83d\ude00"', "\U0001f600", id="a whole pair"),
        pytest.param(rb'"\ud800\ud83d\ude00"', "\ufffd\U0001f600", id="half a pair and a whole one"),
        pytest.param(rb'"\\ud800"', r"\ud800", id="no escape"),
        pytest.param(rb'"\\\ud800"', "\\\ufffd", id="after a backslash"),
        pytest.param(b'"\xff\xc3\xa9"', "\ufffd\u00e9", id="no UTF-8"),
        pytest.param(b'"\xc3"', "\ufffd", id="half a character in UTF-8"),
    ],
)
def test_what_is_no_character_is_read_as_the_one_for_it(text: bytes, read: str) -> None:
    assert msgspec.json.decode(at_once(mend(text))) == read


def test_where_windows_end_does_not_matter() -> None:
    random = Random(1)
    parts = [rb"\ud800", rb"\\", rb"\"", rb"\ud83d\ude00", b"x" * 997, rb"\u0041", b"\xc3\xa9", b"\xff"]
    read = ["\ufffd", "\\", '"', "\U0001f600", "x" * 997, "A", "\u00e9", "\ufffd"]
    for _ in range(20):
        chosen = [random.randrange(len(parts)) for _ in range(200)]
        text = b'"' + b"".join(parts[one] for one in chosen) + b'"'
        # Half a pair before a whole character is half a pair; two halves next to each other may be a whole.
        assert msgspec.json.decode(at_once(mend(text))) == "".join(read[one] for one in chosen)


def test_it_may_be_interrupted_every_few_thousand_octets() -> None:
    document = nested(100_000)
    assert sum(1 for _ in mend(document)) >= len(document) // 4096


def test_the_beginning_of_a_document_is_completed() -> None:
    text = b'{"type":"ADDED","object":{"metadata":{"name":"a,{","labels":{"x":["y",1]}},"spec":[1,2]}}'
    for end in range(1, len(text) + 1):
        msgspec.json.decode(closed(text[:end]))
    assert closed(text) == text
    assert closed(text[:60]) == b'{"type":"ADDED","object":{"metadata":{"name":"a,{"}}}'
    assert closed(b"<html>") == b""
