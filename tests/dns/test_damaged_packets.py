"""Cut and mutated packets: read, or refused with the one exception there is."""

import contextlib
from collections.abc import Callable
from random import Random

import pytest

from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.message import Message
from clusterdns.dns.reader import read_message, read_query
from clusterdns.dns.writer import write_message
from testbed.mutations import mutant, mutants
from testbed.packets import query_packets, reply_packets

PACKETS = (*query_packets(), *reply_packets())


@pytest.mark.parametrize("data", PACKETS)
def test_every_cut_of_a_message_is_malformed(data: bytes) -> None:
    for octets in range(len(data)):
        with pytest.raises(MalformedMessage):
            read_message(data[:octets])
        with pytest.raises(MalformedMessage):
            read_query(data[:octets])


@pytest.mark.fuzz
def test_mutants_are_read_or_malformed(fuzz_rounds: int) -> None:
    generator = mutants(PACKETS, Random(fuzz_rounds))
    outcomes = [read_both(next(generator)) for _ in range(fuzz_rounds)]
    assert any(outcome is None for outcome in outcomes)
    assert any(outcome is not None for outcome in outcomes)


def read_both(data: bytes) -> Message | None:
    """What is read of a packet, if anything; the query's way accepts no more and reads no different."""
    message, asked = attempt(read_message, data), attempt(read_query, data)
    assert asked is None or asked == message
    if message is not None:
        assert len(write_message(message, limit=512)) <= max(512, len(data))
    return message


def attempt(read: Callable[[bytes], Message], data: bytes) -> Message | None:
    with contextlib.suppress(MalformedMessage):
        return read(data)
    return None


def test_mutants_repeat_for_the_same_seed() -> None:
    first, second = mutants(PACKETS, Random(1)), mutants(PACKETS, Random(1))
    assert [next(first) for _ in range(50)] == [next(second) for _ in range(50)]


def test_a_mutant_of_nothing_is_nothing() -> None:
    assert mutant(b"", Random(1)) == b""
