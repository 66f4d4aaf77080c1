"""From a plugin's reply to octets for one client: id, question, flags, EDNS and size are added here."""

from collections.abc import Sequence
from typing import Final

from clusterdns.answering.cookies import Cookies
from clusterdns.dns.constants import Flag
from clusterdns.dns.edns import Edns, ExtendedError, Option, OptionCode
from clusterdns.dns.message import Message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Client, Reply, Transport

__all__ = ["MAX_UDP_REPLY", "own_edns", "size_limit", "write_reply"]

MAX_UDP_REPLY: Final = 1232
"""Octets of a UDP reply at the most, whatever the client allows: larger ones may be fragmented and lost
(DNS flag day 2020, RFC 9715). It is also the size that our OPT record announces."""

MIN_UDP_REPLY: Final = 512
"""What every client takes over UDP (RFC 1035 section 4.2.1, RFC 6891 section 6.2.3)."""

MAX_TCP_REPLY: Final = 65535

_ECHOED: Final = Flag.RD.value | Flag.CD.value
_DNSSEC_OK: Final = 0x8000


def own_edns(
    request: Message, client: Client, *, cookies: Cookies, errors: Sequence[ExtendedError] = ()
) -> Edns | None:
    """The OPT record of a reply: none unless the client sent one; our size, version 0, its DO bit.

    A cookie is answered with ours, no other option of the client is repeated (RFC 6891 section 6.1.2).
    """
    asked = request.edns
    if asked is None:
        return None
    options = tuple(error.to_option() for error in errors)
    cookie = asked.option(OptionCode.COOKIE) if asked.options else None
    if cookie is not None:
        options = (Option(OptionCode.COOKIE, cookies.reply_to(cookie, client.address)), *options)
    return Edns(payload=MAX_UDP_REPLY, flags=asked.flags & _DNSSEC_OK, options=options)


def size_limit(request: Message, transport: Transport) -> int:
    """How many octets a reply may have."""
    if transport is not Transport.UDP:
        return MAX_TCP_REPLY
    if request.edns is None:
        return MIN_UDP_REPLY
    return min(max(request.edns.payload, MIN_UDP_REPLY), MAX_UDP_REPLY)


def write_reply(request: Message, reply: Reply, client: Client, *, cookies: Cookies) -> bytes:
    """The octets of `reply` for the client that sent `request`."""
    return write_message(
        Message(
            id=request.id,
            flags=reply.flags | request.flags & _ECHOED,
            rcode=reply.rcode,
            question=request.question,
            answer=reply.answer,
            authority=reply.authority,
            additional=reply.additional,
            edns=own_edns(request, client, cookies=cookies, errors=reply.extended_errors),
        ),
        limit=size_limit(request, client.transport),
    )
