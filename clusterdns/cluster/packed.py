"""Whether packed endpoints that come from elsewhere have the form that `cluster.blocks` relies on."""

from collections.abc import Callable
from typing import Final

from clusterdns.cluster.blocks import END, HEAD, IPV6, READY, READY_IPV4, READY_IPV6

_FLAGS: Final = READY | IPV6


def is_packed(packed: bytes, yield_to_loop: Callable[[], None]) -> bool:
    """Whether blocks follow one another in their order, each whole, up to the last octet.

    What the texts say is not looked at. `yield_to_loop` is called after each block.
    """
    families, before, at = 0, (False, False, 0), 1
    while at < len(packed):
        if at + HEAD.size > len(packed):
            return False
        flags, each, count, *lengths = HEAD.unpack_from(packed, at)
        ready, ipv6 = bool(flags & READY), bool(flags & IPV6)
        kind = (not ready, ipv6, each)
        texts = at + HEAD.size + count * each * (16 if ipv6 else 4)
        at = texts + sum(lengths)
        if flags & ~_FLAGS or not count or not each or kind <= before or at > len(packed):
            return False
        if not _are_columns(packed, texts, count=count, lengths=lengths):
            return False
        families |= (READY_IPV6 if ipv6 else READY_IPV4) if ready else 0
        before = kind
        yield_to_loop()
    return not packed or (len(packed) > 1 and packed[0] == families)


def _are_columns(packed: bytes, start: int, *, count: int, lengths: list[int]) -> bool:
    for length in lengths:
        end = start + length
        if length:
            is_framed = packed.startswith(END, start, end) and packed.endswith(END, start, end)
            if not is_framed or packed.count(END, start, end) != count + 1:
                return False
        start = end
    return True
