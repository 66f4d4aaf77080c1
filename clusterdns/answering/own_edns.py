"""The OPT record of a reply, for those clients that sent one."""

from collections.abc import Sequence
from typing import Final

from clusterdns.answering.cookies import Cookies
from clusterdns.dns.edns import Edns, ExtendedError, Option, OptionCode
from clusterdns.dns.message import Message
from clusterdns.dns.writer import MAX_UDP_REPLY
from clusterdns.plugin import Client

__all__ = ["BARE_EDNS", "own_edns"]

_DNSSEC_OK: Final = 0x8000

BARE_EDNS: Final = {flags: Edns(payload=MAX_UDP_REPLY, flags=flags) for flags in (0, _DNSSEC_OK)}
"""The record without options, by the DO bit in its place."""

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
