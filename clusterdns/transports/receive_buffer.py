"""The receive buffer of a UDP socket: how large it is, and what the kernel dropped since it was full."""

import logging
import socket
import struct
import sys
from typing import Final

__all__ = ["UDP_BUFFER", "Drops", "enlarge", "log_size"]

UDP_BUFFER: Final = 4 * 1024 * 1024
"""Octets asked for; the kernel may give less (net.core.rmem_max)."""

SO_MEMINFO: Final = 55
"""Linux's number, which Python does not name: nine counts of a socket's memory, of which..."""

_MEMINFO: Final = struct.Struct("=9I")
DROPS: Final = 8
"""...this one is of datagrams (sock_diag(7), SK_MEMINFO_DROPS)."""

_log = logging.getLogger("clusterdns.server")


def enlarge(udp: socket.socket) -> None:
    """Ask for a buffer of `UDP_BUFFER` octets."""
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER)


def log_size(udp: socket.socket) -> None:
    """Log once for a bound socket what was asked for and what it has: at INFO if that is less."""
    address, port = udp.getsockname()[:2]
    got = udp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    if sys.platform == "linux":
        got //= 2  # the kernel doubles what is asked for, for its own book-keeping (socket(7))
    less = got < UDP_BUFFER
    _log.log(
        logging.INFO if less else logging.DEBUG,
        "the receive buffer of UDP port %d on %s has %d of the %d octets asked for%s",
        port,
        address,
        got,
        UDP_BUFFER,
        ": net.core.rmem_max allows no more" if less else "",
    )


class Drops:
    """Counts the datagrams that were dropped for a socket since it was opened; when it is closed, the count
    stays as it was read last. 0 where the kernel does not say (Linux before 4.11, other systems)."""

    def __init__(self, udp: socket.socket) -> None:
        self._socket = udp
        self._count = 0

    def __call__(self) -> int:
        """Read the count."""
        if sys.platform != "linux":
            return 0
        try:
            found = self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, _MEMINFO.size)
            self._count = _MEMINFO.unpack(found)[DROPS]
        except (OSError, struct.error):  # closed, or unknown to this kernel
            pass
        return self._count
