"""Octets to messages."""

from clusterdns.dns.message import Message

__all__ = ["read_message", "read_query"]


def read_message(data: bytes) -> Message:
    """Read a whole message.

    Raises:
        MalformedMessage: it is not one.
    """
    raise NotImplementedError


def read_query(data: bytes) -> Message:
    """Read what a server gets: `read_message` with bounds on what a query may hold.

    Raises:
        MalformedMessage: it is not a message, or has more than one question, one answer, one authority
            or two additional records.
    """
    raise NotImplementedError
