"""Replies are remembered by packet, and forgotten in the step in which a row of theirs changes."""

import gc
import tracemalloc

import pytest

from clusterdns.answering.packet_cache import ENTRY_OVERHEAD, MAX_PACKET, ROW_OVERHEAD, PacketCache
from clusterdns.dns.name import ROOT
from clusterdns.plugin import Reuse, Varies
from clusterdns.rows import Noted, Row, RowSource
from clusterdns.telemetry.families import Count

QUERY = b"\x12\x34query"
REPLY = b"\x12\x34reply"
LOCAL = "127.0.0.1"


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> PacketCache:
    return PacketCache(clock)


def noted(source: RowSource, *rows: Row) -> Noted:
    made = Noted()
    for row in rows:
        made.note(source, row)
    return made


def keep(
    cache: PacketCache,
    rows: Noted,
    *,
    packet: bytes = QUERY,
    reuse: Reuse | None = None,
    local_address: str = LOCAL,
) -> None:
    cache.keep(packet, REPLY, reuse=reuse or Reuse(), noted=rows, local_address=local_address, zone=ROOT)


def found(cache: PacketCache, packet: bytes = QUERY, local_address: str = LOCAL) -> bytes | None:
    remembered = cache.find(packet, local_address)
    return None if remembered is None else remembered[0]


def test_an_equal_packet_with_another_id_is_a_hit(cache: PacketCache) -> None:
    keep(cache, noted(RowSource(), "web"))
    assert found(cache, b"\xff\xff" + QUERY[2:]) == REPLY[2:]
    assert cache.hits == 1


def test_a_packet_that_differs_in_one_octet_is_a_miss(cache: PacketCache) -> None:
    keep(cache, noted(RowSource(), "web"))
    assert found(cache, b"\x12\x34Query") is None


def test_touching_a_row_drops_what_was_made_from_it_and_nothing_else(cache: PacketCache) -> None:
    source = RowSource()
    keep(cache, noted(source, "ns", "web"), packet=b"00web")
    keep(cache, noted(source, "ns", "db"), packet=b"00db")
    source.touch(["web"])
    assert found(cache, b"00web") is None
    assert found(cache, b"00db") is not None
    source.touch(["ns"])
    assert len(cache) == 0
    assert cache.bytes == 0


def test_a_row_of_nothing_drops_the_negative_answer_when_it_appears(cache: PacketCache) -> None:
    source = RowSource()
    keep(cache, noted(source, "not-there-yet"))
    source.touch(["not-there-yet"])
    assert found(cache) is None


def test_a_change_of_everything_drops_everything_of_that_source(cache: PacketCache) -> None:
    source, other = RowSource(), RowSource()
    keep(cache, noted(source, "web"), packet=b"00web")
    keep(cache, noted(other, "web"), packet=b"00other")
    source.touch_all()
    assert found(cache, b"00web") is None
    assert found(cache, b"00other") is not None


def test_a_reply_made_from_a_row_that_changed_meanwhile_is_refused(cache: PacketCache) -> None:
    source = RowSource()
    rows = noted(source, "web")
    source.touch(["web"])
    keep(cache, rows)
    assert found(cache) is None


def test_an_answer_holds_until_its_time(cache: PacketCache, clock: Clock) -> None:
    keep(cache, noted(RowSource(), "web"), reuse=Reuse(until=clock.now + 5))
    clock.now += 5
    assert found(cache) is not None
    clock.now += 0.01
    assert found(cache) is None
    assert len(cache) == 0


def test_what_varies_by_local_address_is_for_that_address_alone(cache: PacketCache) -> None:
    keep(cache, noted(RowSource(), "web"), reuse=Reuse(varies=Varies.LOCAL_ADDRESS))
    assert found(cache) is not None
    assert found(cache, local_address="127.0.0.2") is None


def test_what_varies_by_client_class_is_not_remembered(cache: PacketCache) -> None:
    keep(cache, noted(RowSource(), "web"), reuse=Reuse(varies=Varies.CLIENT_CLASS))
    assert len(cache) == 0


def test_long_packets_are_not_remembered(cache: PacketCache) -> None:
    keep(cache, noted(RowSource(), "web"), packet=bytes(MAX_PACKET))
    keep(cache, noted(RowSource(), "web"), packet=bytes(MAX_PACKET + 1))
    assert len(cache) == 1


def test_the_oldest_entry_goes_when_there_is_no_room() -> None:
    source = RowSource()
    bound = 10 * (ENTRY_OVERHEAD + ROW_OVERHEAD + 20)
    cache = PacketCache(lambda: 0.0, max_bytes=bound)
    for number in range(100):
        keep(cache, noted(source, str(number)), packet=b"00%03d" % number)
    assert cache.bytes <= bound
    assert found(cache, b"00099") is not None
    assert found(cache, b"00000") is None


@pytest.mark.parametrize("rows", [0, 1, 3, 100])
def test_what_entries_and_their_rows_take_is_what_is_counted(rows: int) -> None:
    source, cache = RowSource(), PacketCache(lambda: 0.0)
    gc.collect()  # tuples that the interpreter keeps for later would not be counted
    tracemalloc.start()
    for number in range(500):
        packet = b"00" + number.to_bytes(50)
        keep(
            cache,
            noted(source, *(("service", "ns", f"{number} {row}") for row in range(rows))),
            packet=packet,
        )
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / 2 <= cache.bytes <= taken * 2


def test_replacing_an_entry_counts_it_once(cache: PacketCache) -> None:
    source = RowSource()
    keep(cache, noted(source, "web"))
    once = cache.bytes
    keep(cache, noted(source, "db"))
    assert cache.bytes == once
    assert len(cache) == 1


def test_a_closed_cache_listens_to_no_change(cache: PacketCache) -> None:
    source = RowSource()
    keep(cache, noted(source, "web"))
    cache.close()
    source.touch(["web"])
    assert len(cache) == cache.bytes == 0


def test_a_hit_adds_to_what_the_reply_is_counted_by(cache: PacketCache, clock: Clock) -> None:
    some, others = Count(), Count()
    keep(cache, Noted(), reuse=Reuse(counted=(some, others)))
    keep(cache, Noted(), packet=b"\x12\x34other", reuse=Reuse(until=60.0, counted=(some,)))
    for packet in (QUERY, QUERY, b"\x12\x34other", b"\x12\x34unknown"):
        cache.find(packet, LOCAL)
    assert (some.value, others.value) == (3, 2)
    clock.now = 61.0
    assert cache.find(b"\x12\x34other", LOCAL) is None
    assert some.value == 3


def test_a_reply_for_another_address_is_no_hit(cache: PacketCache) -> None:
    count = Count()
    keep(cache, Noted(), reuse=Reuse(varies=Varies.LOCAL_ADDRESS, counted=(count,)))
    cache.find(QUERY, "192.0.2.1")
    assert count.value == 0
