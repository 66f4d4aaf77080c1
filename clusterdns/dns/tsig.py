"""Transaction signatures, as far as refusing one goes (RFC 8945)."""

from clusterdns.dns.message import Message, RRset

__all__ = ["bad_key", "tsig_of"]


def tsig_of(message: Message) -> RRset | None:
    """The TSIG record of a message that was read, if it has one."""
    raise NotImplementedError


def bad_key(request: RRset) -> RRset:
    """The unsigned TSIG record that goes last into a NOTAUTH reply to `request` (RFC 8945 section 5.3.2)."""
    raise NotImplementedError
