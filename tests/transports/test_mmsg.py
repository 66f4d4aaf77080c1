"""Batches of datagrams: what is sent and what is given up, and the control messages of many at once."""

import ctypes
import errno
import socket
import struct

import pytest

from clusterdns.transports import mmsg
from clusterdns.transports.mmsg import HEADER_OCTETS, Slots
from clusterdns.transports.packet_info import Destinations, turned_address

pytestmark = pytest.mark.skipif(mmsg.find_calls() is None, reason="another C library")

FULL = errno.EAGAIN
REFUSED = errno.EPERM


class Kernel:
    """Sends messages up to the next one that it refuses, by slot; a full buffer refuses all that follow."""

    def __init__(self, slots: Slots, refused: dict[int, int]) -> None:
        self._start = slots.address
        self._refused = refused
        self.sent: list[int] = []

    def __call__(self, _fd: int, address: int, count: int) -> int:
        first = (address - self._start) // HEADER_OCTETS
        for number in range(first, first + count):
            if number in self._refused:
                ctypes.set_errno(self._refused[number])
                return number - first or -1
            self.sent.append(number)
        return count


@pytest.mark.parametrize(
    ("refused", "sent", "unsendable"),
    [
        pytest.param({}, [2, 3, 4, 5, 6], 0, id="all"),
        pytest.param({2: REFUSED}, [3, 4, 5, 6], 1, id="the-first-one"),
        pytest.param({4: REFUSED, 5: errno.ENETUNREACH}, [2, 3, 6], 2, id="two-neighbours"),
        pytest.param({6: errno.EMSGSIZE}, [2, 3, 4, 5], 1, id="the-last-one"),
        pytest.param({4: FULL}, [2, 3], 3, id="a-full-buffer-ends-the-batch"),
        pytest.param({3: REFUSED, 5: FULL}, [2, 4], 3, id="both"),
    ],
)
def test_what_the_kernel_refuses_is_skipped_and_counted(
    refused: dict[int, int], sent: list[int], unsendable: int
) -> None:
    slots = Slots(socket.AF_INET, has_control=False)
    kernel = Kernel(slots, refused)
    assert mmsg.send(kernel, 0, slots, first=2, end=7) == unsendable
    assert kernel.sent == sent


def test_headers_are_as_before_once_they_are_restored() -> None:
    slots = Slots(socket.AF_INET6, has_control=True)
    before = slots.control_lengths[:3].tolist()
    slots.control_lengths[0] = slots.control_lengths[2] = slots.received[1] = 0
    slots.restore(2)
    assert slots.control_lengths[:3].tolist() == [*before[:2], 0]


ROOM = mmsg.CONTROL_ROOM
DATA = socket.CMSG_LEN(0)


@pytest.mark.parametrize(
    ("family", "arrived", "returned", "address"),
    [
        pytest.param(
            socket.AF_INET,
            struct.pack("=i4s4s", 7, bytes([127, 0, 0, 9]), bytes([127, 0, 0, 1])),
            struct.pack("=i4s4s", 0, bytes([127, 0, 0, 1]), bytes(4)),
            "127.0.0.1",
            id="ipv4",
        ),
        pytest.param(
            socket.AF_INET6,
            socket.inet_pton(socket.AF_INET6, "2001:db8::1") + struct.pack("=i", 7),
            socket.inet_pton(socket.AF_INET6, "2001:db8::1") + struct.pack("=i", 0),
            "2001:db8::1",
            id="ipv6",
        ),
        pytest.param(
            socket.AF_INET6,
            socket.inet_pton(socket.AF_INET6, "::ffff:10.0.0.1") + struct.pack("=i", 7),
            socket.inet_pton(socket.AF_INET6, "::ffff:10.0.0.1") + struct.pack("=i", 0),
            "10.0.0.1",
            id="mapped",
        ),
        pytest.param(
            socket.AF_INET6,
            socket.inet_pton(socket.AF_INET6, "fe80::1") + struct.pack("=i", 7),
            socket.inet_pton(socket.AF_INET6, "fe80::1") + struct.pack("=i", 7),
            "fe80::1",
            id="link-local-keeps-its-interface",
        ),
    ],
)
@pytest.mark.parametrize("neighbour", ["2001:db8::2", "fe80::2"])
def test_the_reply_is_told_to_leave_from_where_the_message_was_sent_to(
    family: int, arrived: bytes, returned: bytes, address: str, neighbour: str
) -> None:
    control = bytearray(3 * ROOM)
    control[ROOM + DATA : ROOM + DATA + len(arrived)] = arrived
    if family == socket.AF_INET6:
        control[DATA : DATA + 16] = socket.inet_pton(family, neighbour)
    Destinations(memoryview(control), family, ROOM).turn(2)
    assert control[ROOM + DATA : ROOM + DATA + len(arrived)] == returned
    assert turned_address(bytes(control[ROOM:]), is_ipv6=family == socket.AF_INET6) == address
