"""What the kernel holds of a connection and nobody has read."""

import fcntl
import struct
import termios
from typing import Final, Protocol

__all__ = ["has_unread"]

NUMBER: Final = struct.Struct("i")


class HasDescriptor(Protocol):
    """A socket, or what asyncio gives out instead of one."""

    def fileno(self) -> int:
        """Its descriptor, negative if it is closed."""
        ...


def has_unread(connection: HasDescriptor) -> bool:
    """Whether octets have come that wait to be read. False for what is closed."""
    descriptor = connection.fileno()
    if descriptor < 0:
        return False
    octets = fcntl.ioctl(descriptor, termios.FIONREAD, bytes(NUMBER.size))
    return bool(NUMBER.unpack(octets)[0] > 0)
