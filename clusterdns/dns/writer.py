"""Messages to octets."""

from clusterdns.dns.message import Message

__all__ = ["write_message"]


def write_message(message: Message, *, limit: int = 65535) -> bytes:
    """Write `message` into at most `limit` octets, cutting it and setting TC if it has to be."""
    raise NotImplementedError
