"""recvmmsg(2) and sendmmsg(2): many datagrams for one call into the kernel, without compiled code of ours.

Everything that the kernel is given stays where it is from the start: `Slots` has a place for each message
of a batch, and headers that point there. A reply to the message in slot `i` of one `Slots` goes out of slot
`i` of another one that has the names and control messages in common with it, so only its octets are copied.

Headers are read and written through memory views cast to integers: that costs 30 ns, a field of a ctypes
structure 100 ns. What the kernel overwrites in them is put back for all used slots at once.

Octets are kept in anonymous pages, which take no memory before a long message touches them.
"""

import ctypes
import errno
import mmap
import os
import socket
import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple

__all__ = ["MAX_DATAGRAM", "SLOTS", "Calls", "Slots", "find_calls", "receive", "send"]

SLOTS: Final = 64
"""Messages of one call."""

MAX_DATAGRAM: Final = 65535

CONTROL_ROOM: Final = 64
"""Octets of a slot for control messages: one of 40 is asked for."""

NAME_OCTETS: Final = {socket.AF_INET: 16, socket.AF_INET6: 28}
"""Of a socket address: struct sockaddr_in, struct sockaddr_in6."""


class _IoVec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _MsgHdr(ctypes.Structure):
    """struct msghdr of the GNU C library (recvmsg(2))."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _MMsgHdr(ctypes.Structure):
    """struct mmsghdr: a message, and how many octets were received or sent."""

    _fields_ = (("message", _MsgHdr), ("length", ctypes.c_uint))


HEADER_OCTETS: Final = ctypes.sizeof(_MMsgHdr)

Call = Callable[[int, int, int], int]
"""Of a descriptor, with the address of the first header and how many there are. Gives how many messages were
received or sent, or -1 and an error number."""


class Calls(NamedTuple):
    """The two calls of the C library; neither waits."""

    receive: Call
    send: Call


def find_calls() -> Calls | None:
    """Calls of the GNU C library; None where there is another, whose headers are laid out differently."""
    if sys.platform != "linux" or not _is_gnu():
        return None
    library = ctypes.CDLL(None, use_errno=True)
    found: tuple[Any, Any] = getattr(library, "recvmmsg", None), getattr(library, "sendmmsg", None)
    receive, send = found
    if receive is None or send is None:
        return None
    receive.argtypes = ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p
    send.argtypes = receive.argtypes[:4]
    flags = int(socket.MSG_DONTWAIT)
    return Calls(
        lambda fd, address, count: receive(fd, address, count, flags, None),
        lambda fd, address, count: send(fd, address, count, flags),
    )


def _is_gnu() -> bool:
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (OSError, ValueError):  # the name is one of the GNU C library
        return False


class Slots:
    """Places for `SLOTS` messages from or to addresses of `family`.

    They share names and control messages with `others`, if given. `octets`, `names` and `control` are the
    memory of all slots, one behind the other, `MAX_DATAGRAM`, `name_octets` and `CONTROL_ROOM` octets each.
    By slot: `received` has the length of the message received, `lengths` that of the one to be sent,
    `control_lengths` that of its control message. `address` is that of the first header.
    """

    def __init__(self, family: int, *, others: "Slots | None" = None, has_control: bool) -> None:
        self.family: Final = family
        self.name_octets: Final = NAME_OCTETS[socket.AddressFamily(family)]
        self._pages = mmap.mmap(-1, SLOTS * MAX_DATAGRAM, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        own: tuple[Any, Any] = (
            (ctypes.c_char * (SLOTS * self.name_octets))(),
            (ctypes.c_char * (SLOTS * CONTROL_ROOM))(),
        )
        self._peers: tuple[Any, Any] = own if others is None else others._peers
        self._vectors = (_IoVec * SLOTS)()
        self._headers = (_MMsgHdr * SLOTS)()
        self._point(has_control=has_control)
        self.address: Final = ctypes.addressof(self._headers)
        self.octets: Final = memoryview(self._pages)
        names, control = self._peers
        self.names: Final = memoryview(names).cast("B")
        self.control: Final = memoryview(control).cast("B")
        self.received: Final = _field(self._headers, _MMsgHdr.length.offset, "I")
        self.control_lengths: Final = _field(self._headers, _MsgHdr.control_length.offset, "N")
        self.lengths: Final = _field(self._vectors, _IoVec.length.offset, "N")
        self._raw = memoryview(self._headers).cast("B")
        self._pristine = bytes(self._raw)

    def _point(self, *, has_control: bool) -> None:
        octets = ctypes.addressof(ctypes.c_char.from_buffer(self._pages))
        names, control = map(ctypes.addressof, self._peers)
        vectors = ctypes.addressof(self._vectors)
        for number in range(SLOTS):
            vector, header = self._vectors[number], self._headers[number].message
            vector.base, vector.length = octets + number * MAX_DATAGRAM, MAX_DATAGRAM
            header.name = names + number * self.name_octets
            header.name_length = self.name_octets
            header.vectors, header.vector_count = vectors + number * ctypes.sizeof(_IoVec), 1
            if has_control:
                header.control = control + number * CONTROL_ROOM
                header.control_length = CONTROL_ROOM

    def restore(self, count: int) -> None:
        """Put back what the kernel overwrote in the headers of the first `count` slots."""
        used = count * HEADER_OCTETS
        self._raw[:used] = self._pristine[:used]

    def put(self, number: int, message: bytes) -> None:
        """Have `message`, of at most `MAX_DATAGRAM` octets, in a slot."""
        start = number * MAX_DATAGRAM
        length = self.lengths[number] = len(message)
        self.octets[start : start + length] = message


def _field(array: Any, offset: int, kind: str) -> memoryview:
    """A field of all structures in an array, as integers."""
    whole = memoryview(array).cast("B").cast(kind)  # type: ignore[call-overload]
    size = whole.itemsize
    step: int = ctypes.sizeof(array._type_) // size
    field: memoryview = whole[offset // size :: step]
    return field


def receive(call: Call, fd: int, slots: Slots) -> int:
    """How many messages are now in the first slots: none if there is none, or if the kernel has to tell of
    an error, which is about an earlier reply."""
    return max(0, call(fd, slots.address, SLOTS))


def send(call: Call, fd: int, slots: Slots, *, first: int, end: int) -> int:
    """Send the messages in slots from `first` to before `end`; how many could not be sent.

    The kernel stops at one that cannot: port 0, no route, too long. The others are sent all the same, unless
    the socket's buffer is full.
    """
    unsendable = 0
    while first < end:
        sent = call(fd, slots.address + first * HEADER_OCTETS, end - first)
        if sent > 0:
            first += sent
            continue
        if ctypes.get_errno() in {errno.EAGAIN, errno.EBADF}:
            return unsendable + end - first
        first += 1
        unsendable += 1
    return unsendable
