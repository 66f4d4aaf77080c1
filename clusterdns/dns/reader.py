"""Octets to messages (RFC 1035 section 4).

Nothing that a message says of itself is believed: counts, lengths and pointers are followed only as far
as the octets go, and the work is bounded by their number. Octets after the last record are ignored.
"""

import struct
from struct import Struct
from typing import Final, NoReturn

from clusterdns.dns.constants import RRClass, RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.edns_reader import read_edns
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.header import HEADER_OCTETS, Header, peek_header
from clusterdns.dns.message import Message, Question, RRset, Section
from clusterdns.dns.name import MAX_LABEL_OCTETS, MAX_NAME_OCTETS, Name
from clusterdns.dns.name_reader import NameReader
from clusterdns.dns.rdata import Opaque, Rdata
from clusterdns.dns.rdata_reader import read_rdata
from clusterdns.dns.tsig import check_tsig

__all__ = ["read_message", "read_plain_query", "read_query"]

_HEADER = Struct("!HHHHHH")
_QUESTION = Struct("!HH")
_RECORD = Struct("!HHIH")
_OPT_AFTER_TYPE = Struct("!HIH")

_OPT: Final = RRType.OPT.value
_TSIG: Final = RRType.TSIG.value
_IN_CLASS: Final = RRClass.IN.value
_ANY_CLASS: Final = RRClass.ANY.value
_ROOT_OPT: Final = b"\0\0\x29"
_NOT_FLAGS: Final = 0x780F
_RESPONSE_OR_OPCODE: Final = 0xF800
"""The bits of a header that are 0 in a query (RFC 1035 section 4.1.1)."""

_FAULTS: Final = (MalformedMessage, IndexError, struct.error)
"""The last two are what reading past the end of the octets raises."""


def read_message(data: bytes) -> Message:
    """Read a whole message of at most 65,535 octets, of any kind.

    Neighbouring records of equal owner, type, class and TTL become one RRset.

    Raises:
        MalformedMessage: it is not one.
    """
    reader = _MessageReader(data)
    try:
        return reader.read()
    except _FAULTS as fault:
        reader.blame(fault)


def read_plain_query(data: bytes) -> Message | None:
    """The query in `data` if it is like nearly all: operation QUERY, one question of class IN, and at most
    an OPT record of version 0. None if it is another or no message at all: `read_query` knows.
    """
    try:
        message = _read_plain_query(data)
    except _FAULTS:
        return None
    if message is None or data[2] & _RESPONSE_OR_OPCODE >> 8 or message.question[0].rrclass != _IN_CLASS:
        return None
    return message if message.edns is None or message.edns.version == 0 else None


def read_query(data: bytes) -> Message:
    """Read what a server is asked. Anything but a question and an OPT record is rare and bounded.

    A message without a question is read: it may ask for a cookie alone (RFC 7873 section 5.4).

    Raises:
        MalformedMessage: it is not a message, or it has more than one question (RFC 9619), one answer,
            one authority or two additional records, as in CoreDNS: IXFR, OPT and TSIG need no more.
    """
    try:
        message = _read_plain_query(data)
    except _FAULTS:
        message = None  # The thorough reader says what is wrong.
    if message is not None:
        return message
    reader = _MessageReader(data)
    try:
        reader.check_query_counts()
        return reader.read()
    except _FAULTS as fault:
        reader.blame(fault)


def _read_plain_query(data: bytes) -> Message | None:
    """A message of one question and at most an OPT record; None if it is another."""
    id_, bits, questions, answers, authorities, additionals = _HEADER.unpack_from(data)
    if questions != 1 or answers or authorities or additionals > 1:
        return None
    question, at = _read_plain_question(data)
    if not additionals:
        return Message(
            id=id_, opcode=bits >> 11 & 15, flags=bits & ~_NOT_FLAGS, rcode=bits & 15, question=(question,)
        )
    if data[at : at + 3] != _ROOT_OPT:
        return None
    payload, ttl, size = _OPT_AFTER_TYPE.unpack_from(data, at + 3)
    at += 11
    if at + size > len(data):
        return None
    return Message(
        id=id_,
        opcode=bits >> 11 & 15,
        flags=bits & ~_NOT_FLAGS,
        rcode=ttl >> 20 & 0xFF0 | bits & 15,
        question=(question,),
        edns=(
            read_edns(data, at, end=at + size, payload=payload, ttl=ttl)
            if size
            else Edns(payload=payload, version=ttl >> 16 & 0xFF, flags=ttl & 0xFFFF)
        ),
    )


def _read_plain_question(data: bytes) -> tuple[Question, int]:
    """The first question, whose name has nothing before it that a pointer could lead to."""
    at = HEADER_OCTETS
    size = data[at]
    while size:
        if size > MAX_LABEL_OCTETS:
            raise MalformedMessage("the name in the question has a pointer or a label of a reserved type")
        at += size + 1
        size = data[at]
    at += 1
    if at - HEADER_OCTETS > MAX_NAME_OCTETS:
        raise MalformedMessage(f"the name in the question has more than {MAX_NAME_OCTETS} octets")
    rtype, rrclass = _QUESTION.unpack_from(data, at)
    return Question(Name(data[HEADER_OCTETS:at]), rtype, rrclass), at + 4


class _MessageReader:
    """Reads one message from front to back; `blame` tells how far it came."""

    __slots__ = (
        "_at",
        "_data",
        "_edns",
        "_extended_rcode",
        "_header",
        "_names",
        "_questions",
        "_speaks_edns",
    )

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = HEADER_OCTETS
        self._header: Header | None = peek_header(data)
        self._names = NameReader(data)
        self._questions: list[Question] = []
        self._edns: Edns | None = None
        self._extended_rcode = 0
        self._speaks_edns = False

    def check_query_counts(self) -> None:
        """Refuse, before any record is read, what no query needs. The one question is read all the same."""
        header = self._read_header()
        if header.questions > 1:
            raise MalformedMessage(f"a query has one question, not {header.questions}")
        if header.answers > 1 or header.authorities > 1 or header.additionals > 2:
            self._read_questions(header.questions)
            raise MalformedMessage(
                "a query has at most 1 answer, 1 authority and 2 additional records, not "
                f"{header.answers}, {header.authorities} and {header.additionals}"
            )

    def read(self) -> Message:
        """The message. Raises one of `_FAULTS`."""
        header = self._read_header()
        self._read_questions(header.questions)
        answer = self._read_section(header.answers)
        authority = self._read_section(header.authorities)
        additional = self._read_section(header.additionals, is_additional=True)
        return Message(
            id=header.id,
            opcode=header.opcode,
            flags=header.flags,
            rcode=self._extended_rcode << 4 | header.rcode,
            question=tuple(self._questions),
            answer=answer,
            authority=authority,
            additional=additional,
            edns=self._edns,
        )

    def blame(self, fault: Exception) -> NoReturn:
        """Raise `fault` as `MalformedMessage`, with what has been read."""
        reason = fault.reason if isinstance(fault, MalformedMessage) else "the message ends too early"
        header = self._header
        whole = header is not None and header.questions == 1 and self._questions
        question = self._questions[0] if whole else None
        raise MalformedMessage(
            reason, header=header, question=question, speaks_edns=self._speaks_edns
        ) from fault

    def _read_header(self) -> Header:
        if self._header is None:
            raise MalformedMessage(f"a message has at least {HEADER_OCTETS} octets, not {len(self._data)}")
        return self._header

    def _read_questions(self, count: int) -> None:
        for _ in range(count):
            name, at = self._names.read(self._at)
            rtype, rrclass = _QUESTION.unpack_from(self._data, at)
            self._at = at + 4
            self._questions.append(Question(name, rtype, rrclass))

    def _read_section(self, count: int, *, is_additional: bool = False) -> Section:
        section = _SectionBuilder()
        for left in range(count - 1, -1, -1):
            owner, at = self._names.read(self._at)
            rtype, rrclass, ttl, size = _RECORD.unpack_from(self._data, at)
            at += 10
            self._at = end = at + size
            if end > len(self._data):
                raise MalformedMessage("record data reaches beyond the end of the message")
            if rtype == _OPT:
                self._check_opt(owner, is_additional=is_additional)
                self._extended_rcode = ttl >> 24
                self._edns = read_edns(self._data, at, end=end, payload=rrclass, ttl=ttl)
                continue
            if rtype == _TSIG:
                self._check_tsig(at, end, rrclass=rrclass, is_last=is_additional and not left)
            rdata = read_rdata(self._data, at, end=end, rtype=rtype, rrclass=rrclass, names=self._names)
            # RFC 2181 section 8: a TTL with its top bit set counts as zero.
            section.add(owner, ttl if ttl < 0x80000000 else 0, rdata=rdata, rrclass=rrclass)
        return section.finish()

    def _check_opt(self, owner: Name, *, is_additional: bool) -> None:
        """RFC 6891 section 6.1.1: one OPT record at most, in the additional section, owned by the root."""
        if not is_additional:
            raise MalformedMessage("an OPT record stands outside the additional section")
        if self._speaks_edns:
            raise MalformedMessage("there is more than one OPT record")
        self._speaks_edns = True
        if not owner.is_root:
            raise MalformedMessage("the owner of an OPT record is not the root")

    def _check_tsig(self, at: int, end: int, *, rrclass: int, is_last: bool) -> None:
        """RFC 8945 sections 4.2, 5.1: a TSIG record has class ANY and is the last additional record."""
        if not is_last:
            raise MalformedMessage("a TSIG record is not the last one of the additional section")
        if rrclass != _ANY_CLASS:
            raise MalformedMessage(f"the class of a TSIG record is {rrclass}, not ANY")
        check_tsig(Opaque(_TSIG, self._data[at:end]))


class _SectionBuilder:
    """Joins neighbouring records to RRsets."""

    __slots__ = ("_head", "_owner", "_rdatas", "_sets")

    def __init__(self) -> None:
        self._sets: list[RRset] = []
        self._owner: Name | None = None
        self._head = (0, 0, 0)
        self._rdatas: list[Rdata] = []

    def add(self, owner: Name, ttl: int, *, rdata: Rdata, rrclass: int) -> None:
        head = (rdata.rtype, rrclass, ttl)
        if head != self._head or self._owner is None or owner != self._owner:
            self._flush()
            self._owner, self._head = owner, head
        self._rdatas.append(rdata)

    def finish(self) -> Section:
        self._flush()
        return tuple(self._sets)

    def _flush(self) -> None:
        if self._owner is not None:
            _, rrclass, ttl = self._head
            self._sets.append(RRset(self._owner, ttl, tuple(self._rdatas), rrclass))
            self._rdatas.clear()
