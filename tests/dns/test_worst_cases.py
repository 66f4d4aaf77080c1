"""The dearest messages there are cost a bounded amount. `python -m bench.worst_cases` tells how much time."""

import contextlib
import gc
import time
import tracemalloc
from collections.abc import Callable

import pytest

from clusterdns.dns.edns_reader import MAX_OPTIONS
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import NS, A, Opaque
from clusterdns.dns.rdata_reader import MAX_STRINGS
from clusterdns.dns.reader import read_message, read_query
from clusterdns.dns.writer import write_message
from testbed.worst_cases import worst_queries

MOST_OCTETS = 1_000_000
MOST_IN_PACKET = 65535
ATTEMPTS = 7

QUESTION = bytes.fromhex("03776562 00 0001 0001")
WEB = Name.from_text("web.")


def packet(counts: str, body: bytes) -> bytes:
    data = bytes.fromhex("abcd 0100" + counts) + QUESTION + body
    assert len(data) <= MOST_IN_PACKET
    return data


def record(rtype: int, data: bytes) -> bytes:
    return b"\0" + rtype.to_bytes(2) + bytes.fromhex("0001 00000005") + len(data).to_bytes(2) + data


def pointer_chain(*, names: int) -> bytes:
    """As many pointers as there can be, each to the one before, in data that is not read; then names that
    lead to the last."""
    start = 12 + len(QUESTION) + 11
    pointers = b"".join((0xC000 | start + 2 * at - 2).to_bytes(2) for at in range(1, (0x3FF0 - start) // 2))
    last = (0xC000 | start + len(pointers)).to_bytes(2)
    data = record(999, b"\0\0" + pointers)
    return data + (last + bytes.fromhex("0001 0001 00000005 0000")) * names


def small_names() -> bytes:
    """Names of 127 labels, then pointers to every one of their labels."""
    long = b"\x01a" * 126 + b"\0"
    start = 12 + len(QUESTION) + 11
    data = record(999, long * 60)
    targets = [start + len(long) * name + 2 * label for name in range(60) for label in range(126)]
    return data + b"".join(
        (0xC000 | target).to_bytes(2) + bytes.fromhex("ff00 0001 00000005 0000") for target in targets[:4100]
    )


OPTIONS = record(41, bytes.fromhex("00640000") * 16000)

QUERIES = [pytest.param(data, id=text) for text, data in worst_queries().items()]


def growing_chain(*, names: int) -> bytes:
    """Names that are a pointer to the name before, so that the last one stands at the end of all."""
    start = 12 + len(QUESTION)
    end = bytes.fromhex("ff00 0001 00000005 0000")
    owners = [12, *(start + 12 * at for at in range(names - 1))]
    return b"".join((0xC000 | owner).to_bytes(2) + end for owner in owners)


MESSAGES = [
    pytest.param(packet("0001 0001 0fa0 0000", pointer_chain(names=4000)), id="a chain of pointers"),
    pytest.param(packet("0001 0550 0000 0000", growing_chain(names=0x550)), id="a chain that grows"),
    pytest.param(packet("0001 0001 1004 0000", small_names()), id="every label pointed at"),
]


def attempt(read: Callable[[bytes], Message], data: bytes) -> None:
    with contextlib.suppress(MalformedMessage):
        read(data)


def seconds(run: Callable[[], object]) -> float:
    """CPU time of the quickest of some runs: what the work costs, not what else the machine does."""
    times: list[float] = []
    gc.collect()
    for _ in range(ATTEMPTS):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def peak_octets(run: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("data", QUERIES)
def test_a_query_takes_at_most_1_mb(data: bytes) -> None:
    assert peak_octets(lambda: attempt(read_query, data)) <= MOST_OCTETS


@pytest.mark.parametrize("data", MESSAGES)
def test_compression_costs_no_more_than_the_records(data: bytes) -> None:
    """A few times what a message with as many records of short names costs, not their square."""
    ordinary = packet(
        "0001 1004 0000 0000", (b"\xc0\x0c" + bytes.fromhex("ff00 0001 00000005 0000")) * 0x1004
    )
    assert seconds(lambda: attempt(read_message, data)) <= 10 * seconds(
        lambda: attempt(read_message, ordinary)
    )


def test_a_chain_of_pointers_that_no_name_needs_is_malformed() -> None:
    with pytest.raises(MalformedMessage, match="pointers"):
        read_message(packet("0001 0001 0001 0000", pointer_chain(names=1)))


def test_a_chain_that_grows_from_name_to_name_is_followed() -> None:
    (rrset,) = read_message(packet("0001 0550 0000 0000", growing_chain(names=0x550))).answer
    assert len(rrset.rdatas) == 0x550
    assert rrset.owner == WEB


def test_options_beyond_the_bound_are_checked_and_dropped() -> None:
    edns = read_query(packet("0001 0000 0000 0001", OPTIONS)).edns
    assert edns is not None
    assert len(edns.options) == MAX_OPTIONS
    with pytest.raises(MalformedMessage):
        read_query(packet("0001 0000 0000 0001", record(41, bytes.fromhex("00640000") * 200 + b"\0")))


def test_strings_beyond_the_bound_are_checked_and_kept_together() -> None:
    many = b"\x01a" * (MAX_STRINGS + 1)
    message = read_message(packet("0001 0001 0000 0000", record(16, many)))
    assert message.answer[0].rdatas == (Opaque(16, many),)
    assert read_message(write_message(message)) == message
    with pytest.raises(MalformedMessage):
        read_message(packet("0001 0001 0000 0000", record(16, many + b"\x05")))


BIG = Message(
    question=(Question(WEB, 1),), answer=(RRset(WEB, 5, tuple(A(at.to_bytes(4)) for at in range(4090))),)
)
LONG_NAMES = Message(
    question=(Question(WEB, 2),),
    answer=(RRset(WEB, 5, tuple(NS(Name(b"\x01%c" % (97 + at % 26) * 127 + b"\0")) for at in range(26))),),
)


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        pytest.param(BIG, 65535, id="4,090 addresses"),
        pytest.param(BIG, 512, id="4,090 addresses cut to 512 octets"),
        pytest.param(LONG_NAMES, 65535, id="names of 127 labels"),
    ],
)
def test_writing_takes_at_most_1_mb(message: Message, limit: int) -> None:
    assert peak_octets(lambda: write_message(message, limit=limit)) <= MOST_OCTETS


def test_what_does_not_fit_is_not_written() -> None:
    assert seconds(lambda: write_message(BIG, limit=512)) < seconds(lambda: write_message(BIG)) / 2


def test_4090_addresses_fit_with_question_and_opt() -> None:
    data = write_message(BIG)
    assert not data[2] & 2
    assert len(read_message(data).answer[0].rdatas) == 4090
