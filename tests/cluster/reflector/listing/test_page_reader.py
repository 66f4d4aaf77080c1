"""Pages of lists, read while they arrive."""

import msgspec
import pytest

from clusterdns.cluster.api import ApiProtocolError
from clusterdns.cluster.reflector.listing.documents import PageReader
from clusterdns.cluster.reflector.listing.page_size import MOST_ITEMS, WANTED_OCTETS, PageSize
from clusterdns.cluster.step_budget import StepBudget


class Sent:
    """A body in pieces of 1,000 octets."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        piece, self._body = self._body[:1000], self._body[1000:]
        return piece


async def read(body: bytes) -> tuple[list[int], PageReader]:
    page = PageReader(Sent(body))
    found = [
        msgspec.json.decode(bytes(item.head) if not isinstance(item, msgspec.Raw) else item)["number"]
        async for some in page.items(StepBudget())
        for item in some
    ]
    return found, page


async def test_a_page_has_a_version_a_token_and_a_size() -> None:
    items = ",".join(f'{{"metadata":{{}},"number":{number}}}' for number in range(300))
    body = f'{{"metadata":{{"resourceVersion":"7","continue":"more"}},"items":[{items}]}}'.encode()
    found, page = await read(body)
    assert found == list(range(300))
    assert (page.version, page.token, page.count, page.size) == ("7", "more", 300, len(body))


@pytest.mark.parametrize(
    "body", [b'{"metadata":{},"items":null}', b'{"metadata":{}}', b'{"items":[],"metadata":{}}']
)
async def test_it_may_say_next_to_nothing(body: bytes) -> None:
    found, page = await read(body)
    assert (found, page.version, page.token) == ([], "", "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"metadata":{}',
        b'{"metadata":{},"items":7}',
        b'{"metadata":7,"items":[]}',
    ],
)
async def test_what_is_no_list_breaks_the_protocol(body: bytes) -> None:
    with pytest.raises(ApiProtocolError):
        await read(body)


class TestPageSize:
    def test_small_objects_come_by_the_most(self) -> None:
        size = PageSize()
        size.came(500_000, 500)
        assert (size.items, size.is_full) == (MOST_ITEMS, True)
        size.came(0, 0)
        assert size.items == MOST_ITEMS

    def test_large_ones_come_by_few_and_by_more_again_when_they_are_small(self) -> None:
        size = PageSize()
        size.came(390 * 1_400_000, 390)
        assert size.items == WANTED_OCTETS // 1_400_000
        size.came(40_000_000, 1)
        assert size.items == 1
        for _ in range(9):
            size.came(size.items * 1000, size.items)
        assert size.is_full

    def test_a_page_that_broke_off_far_in_is_asked_for_in_halves(self) -> None:
        size = PageSize()
        size.broke_off(1000)
        assert size.is_full
        for _ in range(20):
            size.broke_off(WANTED_OCTETS)
        assert size.items == 1
