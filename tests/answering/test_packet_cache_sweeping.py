"""Changes that touch very many packets: none is found any more at once, and they go piece by piece."""

from collections.abc import Callable, Iterator

import pytest

from clusterdns.answering.packet_cache import MOST_AT_ONCE, MOST_ROWS, PacketCache
from clusterdns.dns.name import ROOT
from clusterdns.plugin import Reuse
from clusterdns.rows import Noted, RowSource

MANY = MOST_AT_ONCE * 20
LOCAL = "127.0.0.1"


class Broom:
    """Work that is handed in, done when the test says so."""

    def __init__(self) -> None:
        self.works: list[Iterator[None]] = []

    def __call__(self, work: Iterator[None]) -> None:
        self.works.append(work)

    def pieces(self) -> int:
        """Do all of it; how many pieces it had."""
        works, self.works = self.works, []
        return sum(1 for work in works for _ in work)


class Site:
    """A cache of many packets, each made from a row of its own and from one that all share."""

    def __init__(self) -> None:
        self.source, self.other = RowSource(), RowSource()
        self.broom = Broom()
        self.cache = PacketCache(lambda: 0.0, sweep=self.broom)
        for number in range(MANY):
            self.keep(number)
        noted = Noted()
        noted.note(self.other, "shared")
        self._keep(b"00other", noted)

    def keep(self, number: int) -> None:
        noted = Noted()
        noted.note(self.source, number)
        noted.note(self.source, "shared")
        self._keep(b"00%d" % number, noted)

    def is_found(self, number: int) -> bool:
        return self.cache.find(b"00%d" % number, LOCAL) is not None

    def _keep(self, packet: bytes, noted: Noted) -> None:
        self.cache.keep(packet, b"00reply", reuse=Reuse(), noted=noted, local_address=LOCAL, zone=ROOT)


CHANGES = [
    pytest.param(lambda site: site.source.touch_all(), id="all rows"),
    pytest.param(lambda site: site.source.touch(range(MANY)), id="very many rows"),
    pytest.param(lambda site: site.source.touch(["shared"]), id="one row with very many packets"),
    pytest.param(lambda site: site.source.touch(range(-MOST_ROWS, MANY)), id="more rows than a piece"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_dropped_in_the_step_and_nothing_old_is_found_after_it(
    change: Callable[[Site], None],
) -> None:
    site = Site()
    change(site)
    assert len(site.cache) == MANY + 1
    assert not any(site.is_found(number) for number in range(0, MANY, 2))
    assert site.cache.find(b"00other", LOCAL) is not None
    assert site.broom.pieces() >= MANY // 2
    assert len(site.cache) == 1
    assert not any(site.is_found(number) for number in range(MANY))


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_kept_after_the_change_stays(change: Callable[[Site], None]) -> None:
    site = Site()
    change(site)
    site.keep(0)
    assert site.is_found(0)
    site.broom.pieces()
    assert site.is_found(0)
    site.source.touch([0])
    assert not site.is_found(0)


@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("second", CHANGES)
def test_of_two_changes_neither_lets_anything_old_be_found(
    first: Callable[[Site], None], second: Callable[[Site], None]
) -> None:
    site = Site()
    first(site)
    for number in range(0, MANY, 3):
        site.keep(number)
    second(site)
    assert not any(site.is_found(number) for number in range(0, MANY, 2))
    site.broom.pieces()
    assert len(site.cache) == 1


def test_few_packets_go_in_the_step_of_the_change() -> None:
    site = Site()
    site.source.touch(range(MOST_AT_ONCE))
    assert len(site.cache) == MANY + 1 - MOST_AT_ONCE
    assert site.broom.works == []


def test_nothing_is_left_to_do_for_a_cache_that_has_nothing_of_that_source() -> None:
    broom, source = Broom(), RowSource()
    cache = PacketCache(lambda: 0.0, sweep=broom)
    noted = Noted()
    noted.note(source, "web")
    cache.keep(b"00a", b"00", reuse=Reuse(), noted=noted, local_address=LOCAL, zone=ROOT)
    source.touch(["web"])
    source.touch_all()
    source.touch(range(MANY))
    assert broom.works == []


def test_closing_forgets_at_once_and_lets_go_piece_by_piece() -> None:
    site = Site()
    site.source.touch_all()
    site.cache.close()
    assert len(site.cache) == 0
    assert site.cache.bytes == 0
    assert not site.is_found(0)
    assert site.broom.pieces() >= MANY
    site.source.touch_all()
    assert site.broom.works == []


def test_octets_are_counted_down_to_none() -> None:
    site = Site()
    site.source.touch_all()
    for number in range(0, MANY, 5):
        site.keep(number)
    site.source.touch(["shared"])
    site.other.touch_all()
    site.broom.pieces()
    assert site.cache.bytes == 0
    assert len(site.cache) == 0
