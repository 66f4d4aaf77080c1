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
from typing import Final

from clusterdns.dns.constants import Flag, Rcode, RRType
from clusterdns.dns.edns_writer import least_octets, write_edns
from clusterdns.dns.header import HEADER_OCTETS
from clusterdns.dns.message import Message, RRset, Section
from clusterdns.dns.name_writer import NameWriter
from clusterdns.dns.rrset_writer import RRsetWriter

__all__ = ["MAX_MESSAGE_OCTETS", "write_message"]

MAX_MESSAGE_OCTETS: Final = 65535
"""What the length before a message on TCP can say (RFC 1035 section 4.2.2)."""

_HEADER = Struct("!HHHHHH")
_QUESTION = Struct("!HH")
_RECORD = Struct("!HHIH")

_TC: Final = Flag.TC.value
_SOA: Final = RRType.SOA.value
_TSIG: Final = RRType.TSIG.value


def write_message(message: Message, *, limit: int = MAX_MESSAGE_OCTETS) -> bytes:
    """Write `message` into at most `limit` octets, less if it has to be cut: see the module.

    Header, question, the bare OPT record and a TSIG record are written even if they exceed `limit`. A
    response code above 15 without EDNS to carry it becomes SERVFAIL.
    """
    return _MessageWriter(message, min(limit, MAX_MESSAGE_OCTETS)).write()


class _MessageWriter:
    __slots__ = ("_limit", "_message", "_names", "_out", "_rrsets", "_truncated")

    def __init__(self, message: Message, limit: int) -> None:
        self._message = message
        self._limit = limit
        self._out = bytearray(HEADER_OCTETS)
        self._names = NameWriter()
        self._rrsets = RRsetWriter(self._out, self._names)
        self._truncated = False

    def write(self) -> bytes:
        message, out = self._message, self._out
        for question in message.question:
            out += self._names.place(question.name.wire, len(out))
            out += _QUESTION.pack(question.rtype, question.rrclass)
        additional, tsig = _split_tsig(message.additional)
        end = self._limit - len(tsig)
        least_end = end - least_octets(message.edns) if message.edns else end
        counts = self._write_sections(message.answer, message.authority, additional, end=least_end)
        if message.edns:
            out += write_edns(message.edns, extended_rcode=message.rcode >> 4, room=end - len(out))
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


def _split_tsig(additional: Section) -> tuple[Section, bytes]:
    """A TSIG record stays last, behind the OPT record, and is not compressed (RFC 8945 section 5.1)."""
    if not additional or additional[-1].rtype != _TSIG:
        return additional, b""
    tsig = additional[-1]
    out = bytearray()
    RRsetWriter(out, NameWriter()).write(tsig, MAX_MESSAGE_OCTETS)
    return additional[:-1], bytes(out)
