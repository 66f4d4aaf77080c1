"""SipHash-2-4, a keyed hash of short inputs (Aumasson and Bernstein, 2012): DNS cookies are made with it."""

from struct import Struct
from typing import Final, TypeAlias

__all__ = ["KEY_OCTETS", "siphash_2_4"]

KEY_OCTETS: Final = 16

_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
_KEY = Struct("<QQ")
_WORD = Struct("<Q")

_State: TypeAlias = tuple[int, int, int, int]


def siphash_2_4(key: bytes, data: bytes) -> bytes:
    """The eight octets of the hash, least significant first, as they stand in a cookie.

    Raises:
        struct.error: `key` has not 16 octets.
    """
    k0, k1 = _KEY.unpack(key)
    state = (
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    )
    padded = data + bytes(7 - len(data) % 8) + bytes((len(data) & 0xFF,))
    for (word,) in _WORD.iter_unpack(padded):
        v0, v1, v2, v3 = _rounds((state[0], state[1], state[2], state[3] ^ word), 2)
        state = (v0 ^ word, v1, v2, v3)
    v0, v1, v2, v3 = _rounds((state[0], state[1], state[2] ^ 0xFF, state[3]), 4)
    return _WORD.pack(v0 ^ v1 ^ v2 ^ v3)


def _rounds(state: _State, count: int) -> _State:
    """Mix the state `count` times. Rotations are written out: a call each would double the time."""
    v0, v1, v2, v3 = state
    for _ in range(count):
        v0 = (v0 + v1) & _MASK
        v1 = (v1 << 13 & _MASK | v1 >> 51) ^ v0
        v0 = v0 << 32 & _MASK | v0 >> 32
        v2 = (v2 + v3) & _MASK
        v3 = (v3 << 16 & _MASK | v3 >> 48) ^ v2
        v0 = (v0 + v3) & _MASK
        v3 = (v3 << 21 & _MASK | v3 >> 43) ^ v0
        v2 = (v2 + v1) & _MASK
        v1 = (v1 << 17 & _MASK | v1 >> 47) ^ v2
        v2 = v2 << 32 & _MASK | v2 >> 32
    return v0, v1, v2, v3
