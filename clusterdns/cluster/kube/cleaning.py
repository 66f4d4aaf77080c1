"""Leaving out addresses that are none, so that the others of an object are served."""

from collections.abc import Sequence
from typing import Final

from clusterdns.cluster.kube.addresses import address
from clusterdns.cluster.kube.faults import Faults, Path
from clusterdns.cluster.shown import shown
from clusterdns.cluster.work import Work

LONGEST_VALUE: Final = 48
TEXTS_AT_ONCE: Final = 16


def good_addresses(texts: Sequence[str], path: Path, faults: Faults) -> Work[tuple[str, ...]]:
    """The texts that are IP addresses, in order; each other one is noted as a fault at its index."""
    kept = []
    for index, text in enumerate(texts):
        if good_address(text, (*path, index), faults) is not None:
            kept.append(text)
        if index % TEXTS_AT_ONCE == 0:
            yield
    return tuple(kept)


def good_address(text: str, path: Path, faults: Faults) -> str | None:
    """The text if it is an IP address; otherwise None, and a fault is noted at `path`."""
    try:
        address(text)
    except ValueError:
        faults.note(path, f'expected an IP address, found "{shown(text, LONGEST_VALUE)}"')
        return None
    return text


def of_one_family(texts: tuple[str, ...], path: Path, faults: Faults, *, size: int) -> tuple[str, ...]:
    """The addresses of one family: the slice's if there are some, else the first address's.

    size: octets of an address of the slice's family. The others are noted as faults.
    """
    if len(texts) < 2:
        return texts
    sizes = [len(address(text)) for text in texts]
    wanted = size if size in sizes else sizes[0]
    for index, (text, found) in enumerate(zip(texts, sizes, strict=True)):
        if found != wanted:
            expected = "expected an address of the family of the others"
            faults.note((*path, index), f'{expected}, found "{shown(text, LONGEST_VALUE)}"')
    return tuple(text for text, found in zip(texts, sizes, strict=True) if found == wanted)
