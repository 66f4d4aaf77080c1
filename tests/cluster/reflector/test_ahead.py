"""A stream is read on while its documents are taken, up to a bound; of large ones the last version counts."""

import asyncio
from collections.abc import Sequence
from typing import Self

import msgspec
import pytest

from clusterdns.cluster.api.errors import ApiProtocolError
from clusterdns.cluster.api.framing import Document, Oversized
from clusterdns.cluster.reflector.ahead import Ahead
from clusterdns.cluster.reflector.reading.portions import LARGE
from clusterdns.cluster.reflector.reading.superseding import superseded


class Stream:
    """Gives some documents at a time, then ends or fails."""

    endpoint = "https://api.example"

    def __init__(self, *portions: list[Document], failure: Exception | None = None) -> None:
        self.left = list(portions)
        self.failure = failure

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Sequence[Document]:
        await asyncio.sleep(0)
        if self.left:
            return self.left.pop(0)
        if self.failure is not None:
            raise self.failure
        raise StopAsyncIteration


def chunks(document: bytes, count: int) -> list[list[Document]]:
    return [[document] for _ in range(count)]


async def rounds(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_what_comes_while_documents_are_taken_is_given_together() -> None:
    found: list[list[Document]] = []
    async with Ahead(Stream([b"1"], [b"2", b"3"], [b"4"])) as ahead:
        async for documents in ahead:
            found.append(documents)
            await rounds()
    assert found == [[b"1"], [b"2", b"3", b"4"]]


async def test_no_more_is_held_than_the_bound_and_a_document() -> None:
    stream = Stream(*chunks(b"x" * 10, 100))
    held: list[int] = []
    async with Ahead(stream, most_octets=35) as ahead:
        async for documents in ahead:
            held.append(len(documents))
            await rounds()
    assert sum(held) == 100
    assert max(held) == 4


async def test_of_an_oversized_document_what_is_held_counts() -> None:
    portions: list[list[Document]] = [[Oversized(head=b"x", size=1000)] for _ in range(5)]
    async with Ahead(Stream(*portions), most_octets=10) as ahead:
        await rounds()
        assert len(await anext(ahead)) == 5


async def test_what_came_before_a_failure_is_given_first() -> None:
    async with Ahead(Stream([b"1"], failure=ApiProtocolError("cut"))) as ahead:
        await rounds()
        assert await anext(ahead) == [b"1"]
        with pytest.raises(ApiProtocolError, match="cut"):
            await anext(ahead)


async def test_leaving_ends_the_reading() -> None:
    stream = Stream(*chunks(b"1", 1000))
    async with Ahead(stream) as ahead:
        await anext(ahead)
    left = len(stream.left)
    await rounds()
    assert len(stream.left) == left > 0


def event(name: str, *, kind: str = "MODIFIED", octets: int = LARGE, namespace: str = "shop") -> bytes:
    metadata = {"name": name, "namespace": namespace, "annotations": {"x": "x" * octets}}
    return msgspec.json.encode({"type": kind, "object": {"kind": "EndpointSlice", "metadata": metadata}})


@pytest.mark.parametrize(
    ("documents", "places"),
    [
        pytest.param([event("a")], set(), id="one"),
        pytest.param([event("a"), event("a"), event("b"), event("a")], {0, 1}, id="the last one counts"),
        pytest.param([event("a"), event("a", kind="DELETED")], {0}, id="deleted"),
        pytest.param([event("a"), event("a", kind="BOOKMARK")], set(), id="no change"),
        pytest.param([event("a"), event("a", namespace="other")], set(), id="another namespace"),
        pytest.param([event("a"), event("a", octets=1)], set(), id="a small one later"),
        pytest.param([event("a", octets=1), event("a")], set(), id="a small one before"),
        pytest.param([event("a"), b"x" * LARGE, event("a")], {0}, id="something else between"),
        pytest.param([event("a"), Oversized(head=event("a")[:64], size=LARGE)], set(), id="oversized"),
        pytest.param([event("a" * 9000), event("a" * 9000)], set(), id="not named at the beginning"),
    ],
)
def test_what_is_passed_over(documents: list[Document], places: set[int]) -> None:
    assert superseded(documents) == places
