"""Addresses as labels of names: with dashes for dots and colons."""

from ipaddress import IPv6Address
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import Final

MAPPED: Final = bytes(10) + b"\xff\xff"
"""In front of an IPv4 address that is written as an IPv6 one (RFC 4291 section 2.5.5.2)."""


def dashed(address: bytes) -> str:
    """A packed address as a label: `10-0-0-1`, `2001-db8--1`, and `fe80--0` since no label ends in a dash."""
    if len(address) == 4:
        return "{}-{}-{}-{}".format(*address)
    text = inet_ntop(AF_INET6, address)  # many times faster than IPv6Address, which writes no dots
    label = (str(IPv6Address(address)) if "." in text else text).replace(":", "-")
    return label + "0" if label.endswith("-") else label


def undashed(label: str) -> bytes | None:
    """The packed address that a label stands for, None if it is none.

    Three dashes, no two of them together, are an IPv4 address; all else is tried as an IPv6 one.
    """
    is_ipv4 = label.count("-") == 3 and "--" not in label
    try:
        if is_ipv4:
            return inet_pton(AF_INET, label.replace("-", "."))
        address = inet_pton(AF_INET6, label.replace("-", ":"))
    except (OSError, ValueError):  # ValueError: a null character
        return None
    return address[12:] if address.startswith(MAPPED) else address
