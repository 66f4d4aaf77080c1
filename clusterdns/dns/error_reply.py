"""The shortest replies: those that say no."""

from clusterdns.dns.edns import Edns
from clusterdns.dns.header import Header
from clusterdns.dns.message import Question

__all__ = ["error_reply"]


def error_reply(
    header: Header, rcode: int, *, question: Question | None = None, edns: Edns | None = None
) -> bytes:
    """The reply to a query with this header that says only `rcode`: header, question, OPT if `edns`."""
    raise NotImplementedError
