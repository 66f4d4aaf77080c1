"""The errors that reading a packet raises."""

from clusterdns.dns.header import Header
from clusterdns.dns.message import Question

__all__ = ["MalformedMessage"]


class MalformedMessage(Exception):
    """A packet that is not a DNS message; a server answers FORMERR. Reading raises nothing else.

    The text is a sentence that says what is wrong. With it comes what could be read before the fault:
    `header` is None below 12 octets, `question` is None unless there is exactly one and it is whole,
    `speaks_edns` says that an OPT record was seen, so that the reply needs one too (RFC 6891 section 7).
    """

    def __init__(
        self,
        reason: str,
        *,
        header: Header | None = None,
        question: Question | None = None,
        speaks_edns: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.header = header
        self.question = question
        self.speaks_edns = speaks_edns
