"""Packets by rows, and how little of a full cache the collector has to look at."""

import gc
from random import Random

import pytest

from clusterdns.answering.packet_cache import PacketCache
from clusterdns.answering.packet_index import MOST_IN_TUPLE, PacketIndex
from clusterdns.dns.name import ROOT
from clusterdns.plugin import Reuse
from clusterdns.rows import Noted, RowSource

ENTRIES = 500


@pytest.mark.parametrize("count", [1, 2, MOST_IN_TUPLE, MOST_IN_TUPLE + 1, MOST_IN_TUPLE * 4])
def test_packets_come_and_go_one_by_one(count: int) -> None:
    index = PacketIndex()
    packets = [b"%d" % number for number in range(count)]
    for packet in packets * 2:
        index.add("row", packet)
    Random(1).shuffle(packets)
    while packets:
        assert sorted(index.get("row")) == sorted(packets)
        gone = packets.pop()
        index.discard("row", gone)
        index.discard("row", gone)
    assert len(index) == 0
    assert list(index.get("row")) == []


@pytest.mark.parametrize("count", [1, 2, MOST_IN_TUPLE * 4])
def test_a_row_is_taken_with_all_its_packets(count: int) -> None:
    index = PacketIndex()
    for number in range(count):
        index.add("row", b"%d" % number)
    assert index.among(frozenset({"row", "other"})) == {"row"}
    assert index.take() == {b"%d" % number for number in range(count)}
    assert len(index) == 0


def test_entries_of_a_cache_are_nothing_to_the_collector() -> None:
    source, cache = RowSource(), PacketCache(lambda: 0.0)

    def fill(first: int) -> None:
        for number in range(first, first + ENTRIES):
            noted = Noted()
            noted.note(source, ("service", "shop", f"web-{number}"))
            noted.note(source, ("namespace", "shop"))
            packet = b"00%d" % number
            cache.keep(packet, packet, reuse=Reuse(), noted=noted, local_address="", zone=ROOT)

    def tracked() -> int:
        # What is within another value is let go of at once, or in the next collection.
        for _ in range(4):
            gc.collect()
        return len(gc.get_objects())

    fill(0)
    before = tracked()
    fill(ENTRIES)
    assert tracked() - before < ENTRIES / 2
    assert len(cache) == ENTRIES * 2
