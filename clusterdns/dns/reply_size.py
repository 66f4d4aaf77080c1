"""How many octets a client takes."""

from typing import Final

from clusterdns.dns.message import Message
from clusterdns.dns.writer import MAX_MESSAGE_OCTETS

__all__ = ["MAX_UDP_REPLY", "largest_reply"]

MAX_UDP_REPLY: Final = 1232
"""Octets of a UDP reply at the most, whatever the client allows: larger ones may be fragmented and lost
(DNS flag day 2020, RFC 9715). It is also the size that our OPT record announces."""

MIN_UDP_REPLY: Final = 512
"""What every client takes over UDP (RFC 1035 section 4.2.1, RFC 6891 section 6.2.3)."""


def largest_reply(request: Message, *, datagram: bool) -> int:
    """How many octets the reply to `request` may have, as a datagram or in a stream."""
    if not datagram:
        return MAX_MESSAGE_OCTETS
    if request.edns is None:
        return MIN_UDP_REPLY
    return min(max(request.edns.payload, MIN_UDP_REPLY), MAX_UDP_REPLY)
