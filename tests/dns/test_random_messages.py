"""Random messages: read back as they were written, and as dnspython and dnslib read them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import dns.message
import dns.rrset
import dnslib
import hypothesis
import pytest
from hypothesis import strategies as st

from clusterdns.dns.constants import RRType
from clusterdns.dns.edns import Edns, Option
from clusterdns.dns.message import Message, Question, RRset, Section
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, A, Opaque, Rdata
from clusterdns.dns.rdata_writer import RDATA_WRITERS
from clusterdns.dns.reader import read_message, read_query
from clusterdns.dns.text import parse_rrset
from clusterdns.dns.writer import NameWriter, write_message

pytestmark = pytest.mark.fuzz

UNREACHABLE = 0x4000
"""An offset no pointer reaches: what is written there is not compressed."""

short = st.integers(0, 0xFFFF)
long = st.integers(0, 0xFFFFFFFF)
few_labels = st.sampled_from([b"a", b"A", b"web", b"Web", b"svc", b"cluster", b"local", b"x" * 63])
any_labels = few_labels | few_labels | st.binary(min_size=1, max_size=63)


def names_of(labels: st.SearchStrategy[bytes]) -> st.SearchStrategy[Name]:
    fitting = st.lists(labels, max_size=6).filter(lambda each: sum(map(len, each)) < 240)
    return st.builds(Name.from_labels, fitting)


def rdatas_of(names: st.SearchStrategy[Name], least: int) -> dict[int, st.SearchStrategy[Rdata]]:
    return {
        RRType.A: st.builds(A, st.binary(min_size=4, max_size=4)),
        RRType.AAAA: st.builds(AAAA, st.binary(min_size=16, max_size=16)),
        RRType.NS: st.builds(NS, names),
        RRType.CNAME: st.builds(CNAME, names),
        RRType.PTR: st.builds(PTR, names),
        RRType.MX: st.builds(MX, short, names),
        RRType.SRV: st.builds(SRV, short, short, short, names),
        RRType.TXT: st.builds(TXT, st.lists(st.binary(max_size=255), min_size=1, max_size=4).map(tuple)),
        RRType.SOA: st.builds(SOA, names, names, long, long, long, long, long),
        65280: st.builds(Opaque, st.just(65280), st.binary(min_size=least, max_size=100)),
        65281: st.builds(Opaque, st.just(65281), st.binary(min_size=least, max_size=100)),
    }


def rrsets_of(labels: st.SearchStrategy[bytes], least: int) -> st.SearchStrategy[RRset]:
    names = names_of(labels)
    return st.one_of(
        [
            st.builds(
                RRset,
                names,
                st.integers(0, 0x7FFFFFFF),
                st.lists(rdata, min_size=1, max_size=3).map(tuple),
                st.sampled_from([1, 3, 7]) if rtype >= 65280 else st.just(1),
            )
            for rtype, rdata in rdatas_of(names, least).items()
        ]
    )


def without_equal_neighbours(section: list[RRset]) -> Section:
    """Neighbours that belong together would come back as one RRset."""
    heads = [(rrset.owner, rrset.rtype, rrset.rrclass, rrset.ttl) for rrset in section]
    return tuple(rrset for at, rrset in enumerate(section) if at == 0 or heads[at] != heads[at - 1])


def edns_of(least: int) -> st.SearchStrategy[Edns]:
    option = st.builds(Option, st.integers(65001, 65534), st.binary(min_size=least, max_size=40))
    options = st.lists(option, max_size=4).map(tuple)
    other = st.builds(Edns, payload=short, version=st.integers(1, 255), flags=short)
    return st.builds(Edns, payload=short, flags=short, options=options) | other


def questions_of(labels: st.SearchStrategy[bytes]) -> st.SearchStrategy[tuple[Question, ...]]:
    question = st.builds(Question, names_of(labels), st.integers(1, 65535), st.sampled_from([1, 3]))
    return st.lists(question, max_size=1).map(tuple)


def make_message(start: Message, code: int, flags: int, sections: list[Section]) -> Message:
    answer, authority, additional = sections
    return replace(
        start,
        rcode=code if start.edns else code & 15,
        flags=flags & 0x87F0,
        answer=answer,
        authority=authority,
        additional=additional,
    )


def messages_of(labels: st.SearchStrategy[bytes], least: int) -> st.SearchStrategy[Message]:
    """Messages with names of `labels`, and with opaque data and options of at least `least` octets."""
    section = st.lists(rrsets_of(labels, least), max_size=2).map(without_equal_neighbours)
    start = st.builds(
        Message,
        id=short,
        opcode=st.sampled_from([0, 4]),
        question=questions_of(labels),
        edns=st.none() | edns_of(least),
    )
    sections = st.lists(section, min_size=3, max_size=3)
    return st.builds(make_message, start, st.integers(0, 4095), short, sections)


messages = messages_of(any_labels, 0)
plain_messages = messages_of(few_labels, 1)
queries = st.builds(
    lambda question, edns: Message(id=1, question=question, edns=edns), questions_of(any_labels), edns_of(0)
)


@hypothesis.given(messages)
def test_what_was_written_is_read(message: Message) -> None:
    data = write_message(message)
    assert read_message(data) == message
    assert write_message(read_message(data)) == data


@hypothesis.given(messages)
def test_spelling_survives(message: Message) -> None:
    back = read_message(write_message(message))
    assert [each.name.wire for each in back.question] == [each.name.wire for each in message.question]
    assert records(back.answer) == records(message.answer)


@hypothesis.given(messages, st.integers(12, 1300))
def test_what_was_cut_is_a_message_within_the_limit(message: Message, limit: int) -> None:
    data = write_message(message, limit=limit)
    bare = (
        sum(len(question.name.wire) + 4 for question in message.question) + 12 + (11 if message.edns else 0)
    )
    assert len(data) <= max(limit, bare)
    cut = read_message(data)
    assert records(cut.answer) == records(message.answer)[: len(records(cut.answer))]
    assert (cut.id, cut.rcode, cut.question) == (message.id, message.rcode, message.question)


@hypothesis.given(queries)
def test_a_query_is_read_alike_both_ways(message: Message) -> None:
    data = write_message(message)
    assert read_query(data) == read_message(data) == message


@hypothesis.given(rrsets_of(any_labels, 0))
def test_text_is_read_back(rrset: RRset) -> None:
    assert parse_rrset(rrset.to_text()) == rrset


@hypothesis.given(st.binary(max_size=200))
def test_any_name_of_octets_survives_text(label: bytes) -> None:
    pieces = [label[at : at + 63] for at in range(0, len(label), 63)]
    assert Name.from_text(Name.from_labels(pieces).to_text()).wire == Name.from_labels(pieces).wire


@hypothesis.given(messages)
def test_dnspython_reads_the_same(message: Message) -> None:
    theirs = dns.message.from_wire(write_message(message), one_rr_per_rrset=True)
    assert theirs.id == message.id
    assert theirs.flags & 0x87F0 == message.flags
    assert (theirs.opcode(), theirs.rcode()) == (message.opcode, message.rcode)
    assert [(each.name.to_wire(), each.rdtype, each.rdclass) for each in theirs.question] == [
        (each.name.wire, each.rtype, each.rrclass) for each in message.question
    ]
    for ours, other in (
        (message.answer, theirs.answer),
        (message.authority, theirs.authority),
        (message.additional, theirs.additional),
    ):
        assert records(ours) == [record for rrset in other for record in dnspython_records(rrset)]
    assert (theirs.edns >= 0) == (message.edns is not None)
    if message.edns:
        assert (theirs.edns, theirs.payload) == (message.edns.version, message.edns.payload)
        assert theirs.ednsflags & 0xFFFF == message.edns.flags
        assert [(each.otype, each.to_wire()) for each in theirs.options] == [
            (each.code, each.data) for each in message.edns.options
        ]


@hypothesis.given(plain_messages)
def test_dnslib_reads_the_same(message: Message) -> None:
    """It knows neither labels beyond UTF-8 nor empty record data and options."""
    theirs = dnslib.DNSRecord.parse(write_message(message))
    assert theirs.header.id == message.id
    assert theirs.header.bitmap & 0x87F0 == message.flags
    assert (theirs.header.opcode, theirs.header.rcode) == (message.opcode, message.rcode & 15)
    assert [(tuple(each.qname.label), each.qtype, each.qclass) for each in theirs.questions] == [
        (each.name.labels, each.rtype, each.rrclass) for each in message.question
    ]
    assert [dnslib_record(each) for each in theirs.rr] == labelled(message.answer)
    assert [dnslib_record(each) for each in theirs.auth] == labelled(message.authority)
    plain = [each for each in theirs.ar if each.rtype != RRType.OPT]
    assert [dnslib_record(each) for each in plain] == labelled(message.additional)
    opts = [each for each in theirs.ar if each.rtype == RRType.OPT]
    assert [(each.rclass, [(one.code, one.data) for one in each.rdata]) for each in opts] == [
        (each.payload, [(one.code, one.data) for one in each.options]) for each in [message.edns] if each
    ]


def uncompressed(rdata: Rdata) -> bytes:
    return RDATA_WRITERS[type(rdata)](rdata, UNREACHABLE, NameWriter().place)


def records(section: Section) -> list[tuple[bytes, int, int, int, bytes]]:
    return [
        (rrset.owner.wire, rrset.rtype, rrset.rrclass, rrset.ttl, uncompressed(rdata))
        for rrset in section
        for rdata in rrset.rdatas
    ]


def dnspython_records(rrset: dns.rrset.RRset) -> Iterable[tuple[object, ...]]:
    for rdata in rrset:
        yield rrset.name.to_wire(), int(rrset.rdtype), int(rrset.rdclass), rrset.ttl, rdata.to_wire()


def labelled(section: Section) -> list[tuple[tuple[bytes, ...], int, int, int, object]]:
    return [
        (rrset.owner.labels, rrset.rtype, rrset.rrclass, rrset.ttl, fields(rdata))
        for rrset in section
        for rdata in rrset.rdatas
    ]


def fields(rdata: Rdata) -> object:
    match rdata:
        case A() | AAAA():
            return rdata.address
        case NS() | CNAME() | PTR():
            return rdata.target.labels
        case MX():
            return rdata.preference, rdata.exchange.labels
        case SRV():
            return rdata.priority, rdata.weight, rdata.port, rdata.target.labels
        case TXT():
            return list(rdata.strings)
        case SOA():
            times = (rdata.serial, rdata.refresh, rdata.retry, rdata.expire, rdata.minimum)
            return rdata.mname.labels, rdata.rname.labels, times
        case Opaque():
            return rdata.data


def dnslib_record(record: Any) -> tuple[tuple[bytes, ...], int, int, int, object]:
    return tuple(record.rname.label), record.rtype, record.rclass, record.ttl, dnslib_fields(record.rdata)


def dnslib_fields(rdata: Any) -> object:
    match type(rdata).__name__:
        case "A" | "AAAA":
            return bytes(rdata.data)
        case "MX":
            return rdata.preference, tuple(rdata.label.label)
        case "SRV":
            return rdata.priority, rdata.weight, rdata.port, tuple(rdata.target.label)
        case "TXT":
            return list(rdata.data)
        case "SOA":
            return tuple(rdata.mname.label), tuple(rdata.rname.label), tuple(rdata.times)
        case "NS" | "CNAME" | "PTR":
            return tuple(rdata.label.label)
        case _:
            return rdata.data
