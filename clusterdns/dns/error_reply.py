"""The shortest replies: those that say no."""

from typing import Final

from clusterdns.dns.constants import Flag
from clusterdns.dns.edns import Edns
from clusterdns.dns.header import Header
from clusterdns.dns.message import Message, Question
from clusterdns.dns.writer import write_message

__all__ = ["error_reply"]

_QR: Final = Flag.QR.value
_COPIED: Final = Flag.RD.value | Flag.CD.value


def error_reply(
    header: Header, rcode: int, *, question: Question | None = None, edns: Edns | None = None
) -> bytes:
    """The reply to the query with this header that says only `rcode`.

    It has the header, the question if it could be read, spelled as it came, and an OPT record if `edns`
    is given: never more than 11 octets more than was sent, unless `edns` has options.
    """
    message = Message(
        id=header.id,
        opcode=header.opcode,
        flags=_QR | header.flags & _COPIED,
        rcode=rcode,
        question=() if question is None else (question,),
        edns=edns,
    )
    return write_message(message)
