"""From a plugin's reply to octets for one client: id, question, flags, EDNS and size are added here."""

from collections.abc import Sequence
from typing import Final

from clusterdns.answering.cookies import Cookies
from clusterdns.dns.constants import Flag
from clusterdns.dns.edns import Edns, ExtendedError, Option, OptionCode
from clusterdns.dns.message import Message
from clusterdns.dns.writer import MAX_UDP_REPLY, write_message
from clusterdns.plugin import Client, Reply

__all__ = ["own_edns", "write_reply"]

_ECHOED: Final = Flag.RD.value | Flag.CD.value
_DNSSEC_OK: Final = 0x8000
_USUAL_FLAGS: Final = Reply().flags

PADDING_BLOCK: Final = 468
"""Octets of which an encrypted reply has a multiple, if its query was padded (RFC 8467 section 4.1)."""


def own_edns(
    request: Message, client: Client, *, cookies: Cookies, errors: Sequence[ExtendedError] = ()
) -> Edns | None:
    """The OPT record of a reply: none unless the client sent one; our size, version 0, its DO bit.

    A cookie is answered with ours, padding with padding where nobody can read it (RFC 7830 section 4); no
    other option of the client is repeated (RFC 6891 section 6.1.2).
    """
    asked = request.edns
    if asked is None:
        return None
    options = tuple(error.to_option() for error in errors)
    cookie = asked.option(OptionCode.COOKIE) if asked.options else None
    if cookie is not None:
        options = (Option(OptionCode.COOKIE, cookies.reply_to(cookie, client.address)), *options)
    padding = PADDING_BLOCK if client.transport.is_encrypted and _wants_padding(asked) else 0
    return Edns(payload=MAX_UDP_REPLY, flags=asked.flags & _DNSSEC_OK, options=options, padding=padding)


def _wants_padding(asked: Edns) -> bool:
    return bool(asked.options) and asked.option(OptionCode.PADDING) is not None


def write_reply(request: Message, reply: Reply, client: Client, *, cookies: Cookies, limit: int) -> bytes:
    """The octets of `reply`, at most `limit`, for the client that sent `request`."""
    is_usual = reply.authoritative and not (
        reply.truncated or reply.recursion_available or reply.authentic_data
    )
    edns = None
    if request.edns is not None:
        edns = own_edns(request, client, cookies=cookies, errors=reply.extended_errors)
    return write_message(
        Message(
            id=request.id,
            flags=(_USUAL_FLAGS if is_usual else reply.flags) | request.flags & _ECHOED,
            rcode=reply.rcode,
            question=request.question,
            answer=reply.answer,
            authority=reply.authority,
            additional=reply.additional,
            edns=edns,
        ),
        limit=limit,
    )
