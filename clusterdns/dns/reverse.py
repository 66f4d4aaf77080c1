"""Addresses and the names that stand for them (RFC 1035 section 3.5, RFC 3596 section 2.5)."""

from clusterdns.dns.name import Name

__all__ = ["address_of", "reverse_name"]


def address_of(name: Name) -> bytes | None:
    """The packed address that `name` stands for; None if it is no full address in a reverse zone."""
    raise NotImplementedError


def reverse_name(address: bytes) -> Name:
    """The name below in-addr.arpa (4 octets) or ip6.arpa (16 octets) that stands for `address`."""
    raise NotImplementedError
