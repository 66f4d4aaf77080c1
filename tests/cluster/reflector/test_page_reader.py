"""Pages of lists, and lists too large to be split at once."""

from typing import Any

import msgspec
import pytest

from clusterdns.cluster.api import ApiProtocolError
from clusterdns.cluster.reflector.documents import PIECE, PageReader


def page(count: int, *, spaced: bool = False, nested: bool = False) -> bytes:
    item: dict[str, Any] = {"metadata": {"name": "x" * 200, "note": '},{"metadata":{'}, "spec": {"n": 1}}
    if nested:
        item["list"] = [{"metadata": {}}, {"metadata": {}}]
    document = {
        "kind": "ServiceList",
        "metadata": {"resourceVersion": "7", "continue": "more"},
        "items": [item | {"number": number} for number in range(count)],
    }
    octets = msgspec.json.encode(document)
    return msgspec.json.format(octets, indent=1) if spaced else octets + b"\n"


def numbers(reader: PageReader) -> list[int]:
    return [msgspec.json.decode(item)["number"] for items in reader.pieces() for item in items]


@pytest.mark.parametrize("count", [0, 1, 500, 5000])
def test_all_items_come_in_their_order(count: int) -> None:
    reader = PageReader(page(count))
    assert (reader.version, reader.token) == ("7", "more")
    assert numbers(reader) == list(range(count))


def test_a_large_list_comes_in_small_pieces() -> None:
    pieces = list(PageReader(page(10_000)).pieces())
    assert len(pieces) > 5
    assert max(sum(map(len, map(bytes, piece))) for piece in pieces) < 2 * PIECE


@pytest.mark.parametrize("odd", [{"spaced": True}, {"nested": True}])
def test_a_list_that_cannot_be_cut_is_read_all_the_same(odd: dict[str, bool]) -> None:
    reader = PageReader(page(3000, **odd))
    assert reader.version == "7"
    assert sorted(set(numbers(reader))) == list(range(3000))


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"metadata":{}', b'{"metadata":{},"items":7}', page(3)[:-10]],
)
def test_what_is_no_list_breaks_the_protocol(body: bytes) -> None:
    with pytest.raises(ApiProtocolError):
        list(PageReader(body).pieces())


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_large_list_that_is_cut_breaks_the_protocol(share: float) -> None:
    body = page(5000)
    with pytest.raises(ApiProtocolError):
        list(PageReader(body[: int(len(body) * share)]).pieces())


def test_a_list_may_have_no_items_at_all() -> None:
    assert list(PageReader(b'{"metadata":{"resourceVersion":"1"},"items":null}').pieces()) == [[]]
