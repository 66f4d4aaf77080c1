"""DNS cookies (RFC 7873) as servers make them alike (RFC 9018).

    client cookie, 8 octets ─┐
    version 1 · reserved · timestamp · hash of all that and the client's address ─▶ server cookie, 16 octets

A client that brings back what it was given has shown that it receives what is sent to its address. So
far nothing is held against one that does not: it is answered, with a fresh cookie.
"""

from collections.abc import Callable
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final

from clusterdns.dns.siphash import siphash_2_4

__all__ = ["Cookies"]

CLIENT_OCTETS: Final = 8
SERVER_OCTETS: Final = 16

VERSION: Final = 1
VERSION_AND_RESERVED: Final = bytes((VERSION, 0, 0, 0))
"""Reserved octets are made as zero; received ones are hashed whatever they are (RFC 9018 section 4.2)."""

MOST_AGE_SECONDS: Final = 3600
MOST_AHEAD_SECONDS: Final = 300
RENEW_SECONDS: Final = 1800
"""Ages of RFC 9018 section 4.3."""


class Cookies:
    """Makes and checks server cookies.

    `secret` are 16 random octets, the same in all processes that answer for one address; `time` gives
    Unix time in seconds.
    """

    def __init__(self, secret: bytes, time: Callable[[], float]) -> None:
        self._secret = secret
        self._time = time

    def reply_to(self, cookie: bytes, address: str) -> bytes:
        """The COOKIE of the reply to a query that brought `cookie` from `address`.

        It is the same one while that is valid and young, else a fresh one.
        """
        age = self._age(cookie, address)
        if age is not None and age <= RENEW_SECONDS:
            return cookie
        client = cookie[:CLIENT_OCTETS]
        timestamp = (int(self._time()) & 0xFFFFFFFF).to_bytes(4)
        return self._signed(client + VERSION_AND_RESERVED + timestamp, address)

    def is_acceptable(self, cookie: bytes, address: str) -> bool:
        """Whether `cookie` has no server part yet, or one that was made here for `address` not long ago."""
        return len(cookie) == CLIENT_OCTETS or self._age(cookie, address) is not None

    def _age(self, cookie: bytes, address: str) -> int | None:
        """The seconds since a server cookie was made, below zero if that is to come; None if it is not valid.

        Timestamps are compared as serial numbers (RFC 1982), so that 2106 is a year like any other.
        """
        if len(cookie) != CLIENT_OCTETS + SERVER_OCTETS or cookie[CLIENT_OCTETS] != VERSION:
            return None
        made = int.from_bytes(cookie[12:16])
        age = (int(self._time()) - made + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        if not -MOST_AHEAD_SECONDS <= age <= MOST_AGE_SECONDS:
            return None
        return age if compare_digest(self._signed(cookie[:16], address), cookie) else None

    def _signed(self, unsigned: bytes, address: str) -> bytes:
        """`unsigned`, the client cookie and the first half of the server's, with the hash behind it."""
        return unsigned + siphash_2_4(self._secret, unsigned + ip_address(address).packed)
