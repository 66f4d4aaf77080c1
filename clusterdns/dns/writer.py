"""Messages to octets (RFC 1035 section 4), fitted to what the receiver takes.

When there is not room for everything, what is written comes in the order of its importance, each record
rendered at most once:

1. header, question, the OPT record without the text of extended errors, a TSIG record: always;
2. answers, cut after the last record that fits, and TC is set;
3. authority, in whole RRsets. TC is set if one is lost that the answer needs: an SOA, or any when there
   is no answer (negative replies, referrals);
4. additional, in whole RRsets, never with TC (RFC 2181 section 9);
5. the text of extended errors, as much of it as still fits.

The first record that does not fit ends the writing of 2 to 4.
"""

from struct import Struct
from typing import Final, cast

from clusterdns.dns.constants import Flag, Rcode, RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.edns_writer import OPT, OPT_OCTETS, OPT_TYPE, least_octets, write_edns
from clusterdns.dns.header import HEADER_OCTETS
from clusterdns.dns.message import Message, RRset, Section
from clusterdns.dns.rdata import AAAA, A
from clusterdns.dns.rdata_writer import RDATA_WRITERS

__all__ = ["MAX_MESSAGE_OCTETS", "MAX_UDP_REPLY", "NameWriter", "largest_reply", "write_message"]

MAX_MESSAGE_OCTETS: Final = 65535
"""What the length before a message on TCP can say (RFC 1035 section 4.2.2)."""

MAX_UDP_REPLY: Final = 1232
"""Octets of a UDP reply at the most, whatever the client allows: larger ones may be fragmented and lost
(DNS flag day 2020, RFC 9715). It is also the size that our OPT record announces."""

MIN_UDP_REPLY: Final = 512
"""What every client takes over UDP (RFC 1035 section 4.2.1, RFC 6891 section 6.2.3)."""

_HEADER = Struct("!HHHHHH")
_QUESTION = Struct("!HH")
_RECORD = Struct("!HHIH")

_REACH: Final = 0x4000
"""The first offset that a pointer cannot hold."""

_TC: Final = Flag.TC.value
_SOA: Final = RRType.SOA.value
_TSIG: Final = RRType.TSIG.value


def largest_reply(request: Message, *, datagram: bool) -> int:
    """How many octets the reply to `request` may have, as a datagram or in a stream."""
    if not datagram:
        return MAX_MESSAGE_OCTETS
    if request.edns is None:
        return MIN_UDP_REPLY
    return min(max(request.edns.payload, MIN_UDP_REPLY), MAX_UDP_REPLY)


def write_message(message: Message, *, limit: int = MAX_MESSAGE_OCTETS) -> bytes:
    """Write `message` into at most `limit` octets, less if it has to be cut: see the module.

    Header, question, the bare OPT record and a TSIG record are written even if they exceed `limit`. A
    response code above 15 without EDNS to carry it becomes SERVFAIL.
    """
    return _MessageWriter(message, min(limit, MAX_MESSAGE_OCTETS)).write()


class NameWriter:
    """Writes names, and keeps their offsets in the message for compression.

    Only a suffix spelled exactly alike is pointed at, so that every name keeps its spelling: a resolver
    that mixes cases at random compares what comes back with what it sent.
    """

    __slots__ = ("_pointers",)

    def __init__(self) -> None:
        self._pointers: dict[bytes, bytes] = {}

    def place(self, wire: bytes, at: int) -> bytes:
        """The octets to write at offset `at` for the name `wire`, which must then be written there."""
        pointer = self._pointers.get(wire)
        if pointer is not None:
            return pointer
        return self._place_labels(wire, at) if len(wire) > 1 else wire

    def pointer(self, wire: bytes) -> bytes | None:
        """The pointer to a name placed before; None for the root and beyond the reach of pointers."""
        return self._pointers.get(wire)

    def _place_labels(self, wire: bytes, at: int) -> bytes:
        pointers = self._pointers
        end = wire[0] + 1
        parent = pointers.get(wire[end:])
        if parent is not None:  # names of one answer most often differ in their first labels
            if at < _REACH:
                pointers[wire] = (0xC000 | at).to_bytes(2)
            return wire[:end] + parent
        start = 0
        suffix = wire
        while (size := suffix[0]) and suffix not in pointers:
            if at + start < _REACH:
                pointers[suffix] = (0xC000 | at + start).to_bytes(2)
            start += size + 1
            suffix = wire[start:]
        return wire[:start] + pointers.get(suffix, suffix)


class _RRsetWriter:
    """Appends RRsets to `out`, the message so far."""

    __slots__ = ("_names", "_out")

    def __init__(self, out: bytearray, names: NameWriter) -> None:
        self._out = out
        self._names = names

    def write(self, rrset: RRset, end: int) -> int:
        """Append as many records of `rrset` as fit before offset `end`, and say how many these are.

        What does not fit is not rendered, save for the first record that turns out too long.
        """
        rdatas = rrset.rdatas
        first = rdatas[0]
        owner = self._names.place(rrset.owner.wire, len(self._out))
        if isinstance(first, (A, AAAA)):
            records = cast("tuple[A | AAAA, ...]", rdatas)  # An RRset has records of one type.
            return self._write_addresses(rrset, records, owner=owner, end=end)
        out, names, rtype, rrclass, ttl = self._out, self._names, first.rtype, rrset.rrclass, rrset.ttl
        written = 0
        write, place = RDATA_WRITERS[type(first)], names.place
        for rdata in rdatas:
            start = len(out) + len(owner) + _RECORD.size
            data = write(rdata, start, place)
            if start + len(data) > end:
                break
            out += owner
            out += _RECORD.pack(rtype, rrclass, ttl, len(data))
            out += data
            if not written:
                owner = names.pointer(rrset.owner.wire) or owner
            written += 1
        return written

    def _write_addresses(self, rrset: RRset, records: tuple[A | AAAA, ...], *, owner: bytes, end: int) -> int:
        """Records of one size: how many fit is known before the first is written."""
        size = len(records[0].address)
        head = _RECORD.pack(records[0].rtype, rrset.rrclass, rrset.ttl, size)
        prefix = (self._names.pointer(rrset.owner.wire) or owner) + head
        room = end - len(self._out) - len(owner) - len(head) - size
        if room < 0:
            return 0
        count = 1 + room // (len(prefix) + size)
        addresses = [rdata.address for rdata in records[:count]]
        self._out += owner + head + prefix.join(addresses)
        return len(addresses)


class _MessageWriter:
    __slots__ = ("_limit", "_message", "_names", "_out", "_rrsets", "_truncated")

    def __init__(self, message: Message, limit: int) -> None:
        self._message = message
        self._limit = limit
        self._out = bytearray(HEADER_OCTETS)
        self._names = NameWriter()
        self._rrsets = _RRsetWriter(self._out, self._names)
        self._truncated = False

    def write(self) -> bytes:
        message, out = self._message, self._out
        for question in message.question:
            out += self._names.place(question.name.wire, len(out))
            out += _QUESTION.pack(question.rtype, question.rrclass)
        additional, tsig = _split_tsig(message.additional) if message.additional else ((), b"")
        end = self._limit - len(tsig)
        least_end = end - _least_octets(message.edns) if message.edns else end
        counts = self._write_sections(message.answer, message.authority, additional, end=least_end)
        if message.edns:
            beside = len(out) + len(tsig)
            out += _opt(message.edns, message.rcode >> 4, room=end - len(out), beside=beside)
        out += tsig
        in_additional = counts[2] + bool(message.edns) + bool(tsig)
        bits = self._bits()
        _HEADER.pack_into(
            out, 0, message.id, bits, len(message.question), counts[0], counts[1], in_additional
        )
        return bytes(out)

    def _write_sections(
        self, answer: Section, authority: Section, additional: Section, *, end: int
    ) -> tuple[int, int, int]:
        """Write what fits before offset `end`; how many records of each section these are."""
        answers = self._write_records(answer, end)
        if self._truncated:
            return answers, 0, 0
        authorities, lost = self._write_whole(authority, end)
        if lost is not None:
            self._truncated = not answer or lost.rtype == _SOA
            return answers, authorities, 0
        additionals, _ = self._write_whole(additional, end)
        return answers, authorities, additionals

    def _write_records(self, section: Section, end: int) -> int:
        total = 0
        for rrset in section:
            written = self._rrsets.write(rrset, end)
            total += written
            if written < len(rrset.rdatas):
                self._truncated = True
                break
        return total

    def _write_whole(self, section: Section, end: int) -> tuple[int, RRset | None]:
        """The records written, and the first RRset that does not fit."""
        total = 0
        for rrset in section:
            start = len(self._out)
            if self._rrsets.write(rrset, end) < len(rrset.rdatas):
                del self._out[start:]
                return total, rrset
            total += len(rrset.rdatas)
        return total, None

    def _bits(self) -> int:
        message = self._message
        rcode = message.rcode if message.edns or message.rcode < 16 else Rcode.SERVFAIL.value
        bits = message.flags | (message.opcode & 15) << 11 | rcode & 15
        return bits | _TC if self._truncated else bits


def _least_octets(edns: Edns) -> int:
    return least_octets(edns) if edns.options else OPT_OCTETS


def _opt(edns: Edns, extended_rcode: int, *, room: int, beside: int) -> bytes:
    """The OPT record, which has no options for most clients."""
    if edns.options or edns.padding:
        return write_edns(edns, extended_rcode=extended_rcode, room=room, beside=beside)
    return OPT.pack(0, OPT_TYPE, edns.payload, extended_rcode, edns.version, edns.flags, 0)


def _split_tsig(additional: Section) -> tuple[Section, bytes]:
    """A TSIG record stays last, behind the OPT record, and is not compressed (RFC 8945 section 5.1)."""
    if additional[-1].rtype != _TSIG:
        return additional, b""
    tsig = additional[-1]
    out = bytearray()
    _RRsetWriter(out, NameWriter()).write(tsig, MAX_MESSAGE_OCTETS)
    return additional[:-1], bytes(out)
