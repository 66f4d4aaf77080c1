"""The local address that a datagram was sent to, and sending the reply from there (RFC 2181 section 4).

A socket bound to every address learns it from a control message (IP_PKTINFO, IPV6_PKTINFO) and gives it
back with the reply. On a dual-stack socket IPv4 comes and goes as mapped IPv6.
"""

import socket
import struct
import sys
from typing import Final

from clusterdns.transports.addresses import unpacked

__all__ = [
    "CONTROL_OCTETS",
    "Control",
    "Destinations",
    "ask_for",
    "local_address",
    "reply_control",
    "turned_address",
]

Control = list[tuple[int, int, bytes]]

IP_PKTINFO: Final = getattr(socket, "IP_PKTINFO", 8)
"""Linux's number; Python names it from 3.12 on."""

_INFO4 = struct.Struct("=i4s4s")
_INFO6 = struct.Struct("=16si")

CONTROL_OCTETS: Final = socket.CMSG_SPACE(max(_INFO4.size, _INFO6.size))
"""Room that one such message needs."""

LINK_LOCAL: Final = int.from_bytes(b"\xfe\x80", sys.byteorder)
"""How addresses of a link begin (RFC 4291 section 2.5.6), as half a word."""


def ask_for(udp: socket.socket) -> None:
    """Have every datagram on `udp` come with its destination."""
    if udp.family == socket.AF_INET6:
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        udp.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)


def local_address(control: Control) -> str:
    """The address that the datagram was sent to, '' if the kernel did not say."""
    for level, kind, data in control:
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            return unpacked(data[:16])
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
            return unpacked(_INFO4.unpack(data)[2])
    return ""


def reply_control(control: Control) -> Control:
    """The control message for the reply, so that it leaves from the address asked.

    The interface is left to routing, save for link-local addresses, which need it.
    """
    for level, kind, data in control:
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            address, interface = _INFO6.unpack(data)
            scoped = interface if address.startswith(b"\xfe\x80") else 0
            return [(level, kind, _INFO6.pack(address, scoped))]
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
            destination = _INFO4.unpack(data)[2]
            return [(level, kind, _INFO4.pack(0, destination, bytes(4)))]
    return []


class Destinations:
    """The same for a batch: control messages that were received, one in each `room` octets of `control`,
    become those of the replies in place.

    A message that came without one leaves without one: the length says so, not the octets.
    """

    def __init__(self, control: memoryview, family: int, room: int) -> None:
        self._is_ipv6 = family == socket.AF_INET6
        words, halves = control.cast("I"), control.cast("H")
        data = socket.CMSG_LEN(0) // 4
        self._beginnings = halves[2 * data :: room // 2]
        step = room // 4
        self._interfaces = words[data + 4 if self._is_ipv6 else data :: step]
        self._sources, self._headers = words[data + 1 :: step], words[data + 2 :: step]
        self._nothing = memoryview(bytes(control.nbytes // room * 4)).cast("I")

    def turn(self, count: int) -> None:
        """Have replies to the first `count` messages leave from where those were sent to."""
        nothing = self._nothing[:count]
        if not self._is_ipv6:
            self._interfaces[:count] = nothing
            self._sources[:count] = self._headers[:count]
            self._headers[:count] = nothing
        elif LINK_LOCAL in (beginnings := self._beginnings[:count].tolist()):
            for number, beginning in enumerate(beginnings):
                if beginning != LINK_LOCAL:
                    self._interfaces[number] = 0
        else:
            self._interfaces[:count] = nothing


def turned_address(control: bytes, *, is_ipv6: bool) -> str:
    """Where the message had been sent to whose control message was turned into this one."""
    data = control[socket.CMSG_LEN(0) :]
    return unpacked(data[:16] if is_ipv6 else data[4:8])
