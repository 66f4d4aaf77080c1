"""Which of our addresses a datagram was sent to, and sending the reply from there (RFC 2181 section 4).

A socket bound to every address learns it from a control message (IP_PKTINFO, IPV6_PKTINFO) and gives it
back with the reply. On a dual-stack socket IPv4 comes and goes as mapped IPv6.
"""

import socket
import struct
from typing import Final

from clusterdns.transports.addresses import unpacked

__all__ = ["CONTROL_OCTETS", "Control", "ask_for", "local_address", "reply_control"]

Control = list[tuple[int, int, bytes]]

IP_PKTINFO: Final = getattr(socket, "IP_PKTINFO", 8)
"""Linux's number; Python names it from 3.12 on."""

_INFO4 = struct.Struct("=i4s4s")
_INFO6 = struct.Struct("=16si")

CONTROL_OCTETS: Final = socket.CMSG_SPACE(max(_INFO4.size, _INFO6.size))
"""Room that one such message needs."""


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
    """What goes with the reply so that it leaves from the address asked.

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
