"""Addresses and the names that stand for them (RFC 1035 section 3.5, RFC 3596 section 2.5)."""

from ipaddress import ip_address
from typing import Final

from clusterdns.dns.name import Name

__all__ = ["IN_ADDR_ARPA", "IP6_ARPA", "address_of", "reverse_name"]

IN_ADDR_ARPA: Final = Name.from_text("in-addr.arpa.")
IP6_ARPA: Final = Name.from_text("ip6.arpa.")


def address_of(name: Name) -> bytes | None:
    """The packed address, 4 or 16 octets, that `name` stands for.

    None if it is not a full address in the form that `reverse_name` gives, whatever its case: an octet
    with a leading zero is another name.
    """
    labels = name.labels_below(IN_ADDR_ARPA)
    if labels is not None:
        return _ipv4(labels)
    labels = name.labels_below(IP6_ARPA)
    return _ipv6(labels) if labels is not None else None


def reverse_name(address: bytes | str) -> Name:
    """The name in in-addr.arpa or ip6.arpa that stands for a packed address or its text.

    Raises:
        ValueError: it is not 4 or 16 octets, or not an address.
    """
    packed = ip_address(address).packed if isinstance(address, str) else address
    if len(packed) == 4:
        return IN_ADDR_ARPA.prefixed(*(b"%d" % octet for octet in reversed(packed)))
    if len(packed) == 16:
        return IP6_ARPA.prefixed(*(b"%c" % digit for digit in reversed(packed.hex().encode())))
    raise ValueError(f"an address has 4 or 16 octets, not {len(packed)}")


def _ipv4(labels: tuple[bytes, ...]) -> bytes | None:
    if len(labels) != 4 or not all(_is_octet(label) for label in labels):
        return None
    return bytes(int(label) for label in reversed(labels))


def _is_octet(label: bytes) -> bool:
    return label.isdigit() and len(label) <= 3 and int(label) <= 255 and (label == b"0" or label[0] != 0x30)


def _ipv6(labels: tuple[bytes, ...]) -> bytes | None:
    if len(labels) != 32 or any(len(label) != 1 or label not in b"0123456789abcdef" for label in labels):
        return None
    return bytes.fromhex(b"".join(reversed(labels)).decode("ascii"))
