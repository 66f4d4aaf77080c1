"""Zone-file text to records (RFC 1035 section 5.1)."""

from clusterdns.dns.message import RRset, Section

__all__ = ["parse_record", "parse_rrset", "parse_section"]


def parse_record(line: str, *, ttl: int | None = None) -> RRset:
    """One line, `owner [ttl] [class] type data`, as an RRset of one record.

    `ttl` stands in for a missing one. Names are absolute with or without their final dot.

    Raises:
        ValueError: a sentence that says what was found and what was expected.
    """
    raise NotImplementedError


def parse_rrset(text: str, *, ttl: int | None = None) -> RRset:
    """Lines of one owner, type, class and TTL. Raises `ValueError` as `parse_record` does."""
    raise NotImplementedError


def parse_section(text: str, *, ttl: int | None = None) -> Section:
    """Lines of any kind, neighbours that belong together as one RRset, as reading a message gives them."""
    raise NotImplementedError
