"""Decides about unusual packets before any plugin sees them; a plain query never comes here.

    dropped      responses, and what is too short to have a header
    NOTIMP       operations other than QUERY (RFC 8906 section 3.1.4)
    FORMERR      what cannot be read, or does not ask exactly one question (RFC 9619)
    NOERROR      what asks for a cookie only (RFC 7873 section 5.4), BADCOOKIE if it brings a wrong one
    BADVERS      EDNS versions above 0 (RFC 6891 section 6.1.3), in a class that is answered
    NOTAUTH      transaction signatures: no key is known (RFC 8945 section 5.2.1)
    REFUSED      classes that nothing on the listener answers

Replies made here are no larger than the header and the question, plus an OPT record for those who sent
one (and the signature record that a NOTAUTH has to carry).
"""

from clusterdns.answering.cookies import Cookies
from clusterdns.answering.own_edns import own_edns
from clusterdns.dns.constants import Flag, Opcode, Rcode, RRClass
from clusterdns.dns.edns import Edns, OptionCode
from clusterdns.dns.error_reply import error_reply
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.header import Header, peek_header
from clusterdns.dns.message import Message
from clusterdns.dns.reader import read_message, read_query
from clusterdns.dns.tsig import bad_key, tsig_of
from clusterdns.dns.writer import MAX_UDP_REPLY, write_message
from clusterdns.plugin import Client

__all__ = ["screen"]

ECHOED = Flag.RD.value | Flag.CD.value


def screen(packet: bytes, client: Client, *, any_class: bool, cookies: Cookies) -> Message | bytes | None:
    """The query in `packet`, or the reply that ends the matter, or None for no reply at all."""
    header = peek_header(packet)
    if header is None or header.is_response:
        return None
    if header.opcode != Opcode.QUERY:
        return _not_implemented(packet, header, client=client, cookies=cookies)
    try:
        message = read_query(packet)
    except MalformedMessage as fault:
        return error_reply(
            header,
            Rcode.FORMERR,
            question=fault.question,
            edns=Edns() if _speaks_edns(packet, fault) else None,
        )
    edns = own_edns(message, client, cookies=cookies)
    if not message.question:
        return error_reply(header, _without_question(message, client, cookies), edns=edns)
    return _refusal(message, header, any_class=any_class, edns=edns) or message


def _speaks_edns(packet: bytes, fault: MalformedMessage) -> bool:
    """Whether a reply to this malformed message has an OPT record (RFC 6891 section 7).

    A small message is read again, as far as it can be, for an OPT record behind what a query may not have.
    """
    if fault.speaks_edns or len(packet) > MAX_UDP_REPLY:
        return fault.speaks_edns
    try:
        return read_message(packet).edns is not None
    except MalformedMessage as deeper:
        return deeper.speaks_edns


def _not_implemented(packet: bytes, header: Header, *, client: Client, cookies: Cookies) -> bytes:
    """NOTIMP with the question, if the packet happens to be laid out like a query.

    A small message is read whole, so that an UPDATE of several records gets its OPT record back.
    """
    read = read_message if len(packet) <= MAX_UDP_REPLY else read_query
    try:
        message = read(packet)
    except MalformedMessage as fault:
        return error_reply(header, Rcode.NOTIMP, question=fault.question)
    question = message.question[0] if len(message.question) == 1 else None
    edns = own_edns(message, client, cookies=cookies)
    return error_reply(header, Rcode.NOTIMP, question=question, edns=edns)


def _without_question(message: Message, client: Client, cookies: Cookies) -> Rcode:
    """The rcode for a query without question: it may want a cookie, or to know if its own is still valid.

    What no question means in a later version of EDNS is not known here, so that is BADVERS like all else.
    """
    if _is_of_later_version(message):
        return Rcode.BADVERS
    cookie = message.edns.option(OptionCode.COOKIE) if message.edns else None
    if cookie is None:
        return Rcode.FORMERR
    return Rcode.NOERROR if cookies.is_acceptable(cookie, client.address) else Rcode.BADCOOKIE


def _refusal(message: Message, header: Header, *, any_class: bool, edns: Edns | None) -> bytes | None:
    question = message.question[0]
    is_answered = any_class or question.rrclass == RRClass.IN
    if is_answered and _is_of_later_version(message):
        return error_reply(header, Rcode.BADVERS, question=question, edns=edns)
    signature = tsig_of(message)
    if signature is not None:
        return write_message(
            Message(
                id=message.id,
                flags=Flag.QR.value | message.flags & ECHOED,
                rcode=Rcode.NOTAUTH,
                question=message.question,
                additional=(bad_key(signature),),
                edns=edns,
            )
        )
    return None if is_answered else error_reply(header, Rcode.REFUSED, question=question, edns=edns)


def _is_of_later_version(message: Message) -> bool:
    """Whether a message has a later EDNS version than 0: its meaning is unknown (RFC 6891 section 6.1.3)."""
    return message.edns is not None and message.edns.version != 0
