"""Finds out whether the kernel holds octets of a connection that have not been read."""

import fcntl
import struct
import termios
from typing import Final, Protocol

__all__ = ["has_unread"]

NUMBER: Final = struct.Struct("i")


class HasDescriptor(Protocol):
    """A socket, or asyncio's `TransportSocket`."""

    def fileno(self) -> int:
        """Its descriptor, negative if it is closed."""
        ...


def has_unread(connection: HasDescriptor) -> bool:
    """Whether octets have come that wait to be read. False if the socket is closed."""
    descriptor = connection.fileno()
    if descriptor < 0:
        return False
    octets = fcntl.ioctl(descriptor, termios.FIONREAD, bytes(NUMBER.size))
    return bool(NUMBER.unpack(octets)[0] > 0)
