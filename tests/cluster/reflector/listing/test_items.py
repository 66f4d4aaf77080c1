"""Lists are taken apart while they arrive, whatever their items are."""

from random import Random
from typing import Any, Final

import msgspec
import pytest

from clusterdns.cluster.api import ApiProtocolError, Oversized
from clusterdns.cluster.reflector.listing.items import MOST_AT_ONCE, Item, Items

SIZES: Final = (1, 3, 64, 4096, 100_000, 10_000_000)
DEEP: Final = b"[" * 10_000 + b"]" * 10_000


def document(count: int, **more: Any) -> dict[str, Any]:
    item: dict[str, Any] = {"metadata": {"name": "x" * 200, "note": '},{"metadata":{'}, "spec": {"n": [1]}}
    return {
        "kind": "ServiceList",
        "metadata": {"resourceVersion": "7", "continue": "more"},
        "items": [item | {"number": number} | more for number in range(count)],
    }


def sent(found: dict[str, Any]) -> bytes:
    return msgspec.json.encode(found) + b"\n"


def taken(body: bytes, size: int, **options: Any) -> tuple[list[Item], Items]:
    items = Items(**options)
    found = [
        one
        for start in range(0, len(body), size)
        for some in items.feed(body[start : start + size])
        for one in some
    ]
    found += [one for some in items.end() for one in some]
    return found, items


def numbers(found: list[Item]) -> list[int]:
    return [msgspec.json.decode(one)["number"] for one in found if isinstance(one, msgspec.Raw)]


CUSTOM: Final = {"apiVersion": "multicluster.x-k8s.io/v1alpha1", "kind": "ServiceImport"}
LISTS: Final = {
    "as built-in resources": sent(document(200)),
    "one": sent(document(1)),
    "none": sent(document(0)),
    "spaced": msgspec.json.format(sent(document(200)), indent=1),
    "nested": sent(document(200, list=[{"metadata": {}}, {"metadata": {"a": 1}}])),
    # As it encodes objects of custom resources: keys in their order, so the version comes last.
    "as custom resources": msgspec.json.encode(
        {
            "apiVersion": CUSTOM["apiVersion"],
            "items": [CUSTOM | one for one in document(200)["items"]],
            "kind": "ServiceImportList",
            "metadata": {"continue": "more", "resourceVersion": "7"},
        }
    ),
    "without metadata in front": sent(
        document(0) | {"items": [{"number": number, "metadata": {}} for number in range(200)]}
    ),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", LISTS)
def test_all_items_come_in_their_order(name: str, size: int) -> None:
    body = LISTS[name]
    found, items = taken(body, size)
    around = msgspec.json.decode(items.around)
    assert (around["items"], around["metadata"]["continue"]) == ([], "more")
    assert numbers(found) == list(range(len(msgspec.json.decode(body)["items"])))


@pytest.mark.parametrize(
    "odd", [DEEP, b'"\\ud800"', b"NaN", b'[{},{"metadata":{}},{"metadata":{"a":[}', b'"]}"']
)
@pytest.mark.parametrize("size", SIZES)
def test_an_odd_item_does_not_keep_the_others_back(odd: bytes, size: int) -> None:
    good = [msgspec.json.encode(one) for one in document(20)["items"]]
    bad = b'{"metadata":{"name":"bad"},"odd":' + odd + b"}"
    if odd.count(b"[") != odd.count(b"]") or odd.count(b"{") != odd.count(b"}"):
        bad = bad.replace(
            b'[{},{"metadata":{}},{"metadata":{"a":[}', b'[{},{"metadata":{}},{"metadata":{"a":[]}}]'
        )
    places = [*good[:5], bad, *good[5:12], bad, bad, *good[12:], bad]
    body = b'{"metadata":{"resourceVersion":"7"},"items":[' + b",".join(places) + b"]}"
    found, items = taken(body, size)
    assert [bytes(one) for one in found if isinstance(one, msgspec.Raw)] == places
    assert items.around == b'{"metadata":{"resourceVersion":"7"},"items":[]}'


@pytest.mark.parametrize("size", [64, 4096, 100_000, 10_000_000])
@pytest.mark.parametrize("filling", [b"x", b"\\u0001", b'","y":"'])
def test_an_item_over_the_bound_is_not_held_and_what_follows_comes(size: int, filling: bytes) -> None:
    good = [msgspec.json.encode(one) for one in document(3)["items"]]
    large = b'{"metadata":{"name":"large"},"x":"' + filling * (300_000 // len(filling)) + b'"}'
    body = b'{"metadata":{},"items":[' + b",".join([good[0], large, good[1], large, good[2]]) + b"]}"
    items, most = Items(largest=50_000), 0
    found: list[Item] = []
    for start in range(0, len(body), size):
        for some in items.feed(body[start : start + size]):
            found += some
            most = max(most, len(items._buffer))
    found += [one for some in items.end() for one in some]
    assert numbers(found) == [0, 1, 2]
    (one, other) = [one for one in found if isinstance(one, Oversized)]
    assert one == other
    assert one.size == len(large)
    assert large.startswith(one.head)
    assert len(one.head) > 1000
    assert most <= 50_000 + 2 * size + 4096


@pytest.mark.parametrize("size", [1, 100, 100_000])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"metadata":{}}'])
def test_what_has_no_items_is_around_them(body: bytes, size: int) -> None:
    found, items = taken(body, size)
    assert (found, items.around) == ([], body)


@pytest.mark.parametrize("size", [1, 100, 100_000])
def test_there_may_be_no_items_at_all(size: int) -> None:
    body = b'{"metadata":{"resourceVersion":"1"},"items":null}'
    assert taken(body, size)[1].around == body


@pytest.mark.parametrize("name", [name for name in LISTS if name != "none"])
def test_a_list_that_is_broken_off_breaks_the_protocol(name: str) -> None:
    body, random = LISTS[name].rstrip(), Random(1)
    start, last = body.index(b"items") + 10, body.rindex(b"]")
    for end in (start, last, *(random.randrange(start, last) for _ in range(20))):
        with pytest.raises(ApiProtocolError):
            taken(body[:end], 1000)


@pytest.mark.parametrize("body", [b" " * 300_000, b'{"metadata":{},"items":[]' + b" " * 300_000])
def test_what_stands_beside_the_items_is_bounded(body: bytes) -> None:
    with pytest.raises(ApiProtocolError):
        taken(body, 1000)


def test_a_large_list_comes_in_small_pieces() -> None:
    body = sent(document(5000))
    items, most = Items(), 0
    for start in range(0, len(body), 65_536):
        for some in items.feed(body[start : start + 65_536]):
            most = max(most, len(some))
    assert 0 < most < 500


def test_a_very_large_item_is_looked_for_in_steps() -> None:
    large = b'{"metadata":{"x":"' + b"x" * (MOST_AT_ONCE + 1) + b'"}}'
    body, items = b'{"items":[' + large, Items()
    pieces = [body[start : start + 65_536] for start in range(0, len(body), 65_536)]
    steps = [some for piece in pieces for some in items.feed(piece)]
    assert [bytes(one) for some in steps for one in some if isinstance(one, msgspec.Raw)] == [large]
    assert len(steps) > MOST_AT_ONCE / 4096


def test_an_odd_item_can_be_left_between_two_pieces() -> None:
    odd = b'{"metadata":{"a":' + b'{"":' * 100_000 + b"1" + b"}" * 100_000 + b"}}"
    items = Items()
    assert list(items.feed(b'{"items":[' + odd + b"]}")) == []
    assert sum(1 for _ in items.end()) > len(odd) / 4096
