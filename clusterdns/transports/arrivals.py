"""Where the datagrams of a batch came from: octets, of which clients are made when somebody wants them."""

import socket
import struct
from typing import Final

from clusterdns.plugin import Client, Transport
from clusterdns.transports.addresses import unpacked
from clusterdns.transports.mmsg import CONTROL_ROOM, Slots
from clusterdns.transports.packet_info import turned_address

__all__ = ["Arrivals"]

_PORT: Final = struct.Struct("!H")
PORT_AT: Final = 2
ADDRESS4: Final = slice(4, 8)
ADDRESS6: Final = slice(8, 24)
"""Places in a struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7))."""

MAPPED: Final = bytes(10) + b"\xff\xff"


class Arrivals:
    """The datagrams in the first `count` of `slots`. `fixed` is the address of a socket that has only one;
    `port` is its port."""

    __slots__ = ("_address", "_control", "_control_lengths", "_fixed", "_name_octets", "_names", "_port")

    transport = Transport.UDP

    def __init__(self, slots: Slots, count: int, *, fixed: str | None, port: int) -> None:
        self._name_octets = slots.name_octets
        self._address = ADDRESS6 if slots.family == socket.AF_INET6 else ADDRESS4
        self._names = bytes(slots.names[: count * slots.name_octets])
        has_control = fixed is None
        self._control = bytes(slots.control[: count * CONTROL_ROOM]) if has_control else b""
        self._control_lengths = slots.control_lengths[:count].tolist() if has_control else ()
        self._fixed = fixed
        self._port = port

    def client(self, number: int) -> Client:
        """The sender of the datagram in a slot."""
        name = self.name(number)
        return Client(
            address=unpacked(name[self._address]),
            port=_PORT.unpack_from(name, PORT_AT)[0],
            transport=Transport.UDP,
            local_address=self._fixed if self._fixed is not None else self._local_address(number),
            local_port=self._port,
        )

    def _local_address(self, number: int) -> str:
        control = self.control(number)
        return turned_address(control, is_ipv6=self._address is ADDRESS6) if control else ""

    def is_ipv6(self, number: int) -> bool:
        """Whether it came over IPv6."""
        if self._address is ADDRESS4:
            return False
        start = number * self._name_octets + ADDRESS6.start
        return self._names[start : start + len(MAPPED)] != MAPPED

    def name(self, number: int) -> bytes:
        """The socket address that it came from."""
        return self._names[number * self._name_octets : (number + 1) * self._name_octets]

    def control(self, number: int) -> bytes:
        """The control message that goes with the reply; empty if there is none."""
        if self._fixed is not None:
            return b""
        start = number * CONTROL_ROOM
        return self._control[start : start + self._control_lengths[number]]
