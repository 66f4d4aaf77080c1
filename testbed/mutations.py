"""Damaged packets: what a broken or hostile sender may put on the wire (RFC 9267).

A mutant is a valid packet changed in a few places, so that it is wrong deep inside and not at once.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final, TypeAlias

__all__ = ["mutant", "mutants"]

_Mutation: TypeAlias = Callable[[bytearray, Random], None]

MOST_MUTATIONS: Final = 4
"""Changes made to one packet, at most."""


def mutants(packets: Sequence[bytes], random: Random) -> Iterator[bytes]:
    """Mutants of `packets` without end; the same ones for a `random` of the same seed."""
    while True:
        yield mutant(random.choice(packets), random)


def mutant(packet: bytes, random: Random) -> bytes:
    """`packet` with one to four changes."""
    data = bytearray(packet)
    for _ in range(random.randint(1, MOST_MUTATIONS)):
        if data:
            random.choice(_MUTATIONS)(data, random)
    return bytes(data)


def _flip_bit(data: bytearray, random: Random) -> None:
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _set_octet(data: bytearray, random: Random) -> None:
    data[random.randrange(len(data))] = random.choice((0, 1, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFF))


def _set_count(data: bytearray, random: Random) -> None:
    at = random.choice((4, 6, 8, 10))
    if len(data) >= at + 2:
        data[at : at + 2] = random.choice((0, 1, 2, 3, 255, 65535)).to_bytes(2)


def _point(data: bytearray, random: Random) -> None:
    """A pointer anywhere, to anywhere, itself and what follows it included."""
    at = random.randrange(len(data))
    target = random.choice((at, at + 2, 0, 12, random.randrange(len(data) + 1)))
    data[at : at + 2] = (0xC000 | target & 0x3FFF).to_bytes(2)


def _cut(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data)) :]


def _insert(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = random.randbytes(random.randint(1, 8))


def _remove(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data))
    del data[at : at + random.randint(1, 8)]


def _repeat(data: bytearray, random: Random) -> None:
    start = random.randrange(len(data))
    data += data[start : start + random.randint(1, 64)]


def _long_label(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data))
    data[at:at] = bytes([63]) + b"a" * 63


_MUTATIONS: Final[tuple[_Mutation, ...]] = (
    _flip_bit,
    _flip_bit,
    _set_octet,
    _set_count,
    _point,
    _cut,
    _insert,
    _remove,
    _repeat,
    _long_label,
)
