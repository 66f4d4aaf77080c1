"""The zones that the plugin answers for, and which of them a name belongs to."""

from collections.abc import Iterable
from typing import NamedTuple

from clusterdns.dns.name import ROOT, Name

REVERSE_ROOTS = (Name.from_text("in-addr.arpa"), Name.from_text("ip6.arpa"))


class Zone(NamedTuple):
    """A zone and the kinds of names in it.

    multicluster: it holds ServiceImports instead of Services (KEP-1645).
    services: names below it are those of the Kubernetes DNS specification.
    addresses: names below it may be addresses spelled backwards.
    """

    name: Name
    multicluster: bool = False
    services: bool = True
    addresses: bool = False


class Place(NamedTuple):
    """The place of a name: its zone, and the labels left of that zone in lower case, leftmost first."""

    zone: Zone
    labels: tuple[bytes, ...]


class Zones:
    """Zones by their names. Finding one costs a dictionary look-up a label."""

    def __init__(self, names: Iterable[Name], *, multicluster: Iterable[Name] = ()) -> None:
        several = tuple(multicluster)
        self._by_key = {name.key: _zone(name, several) for name in names}

    def place(self, name: Name) -> Place | None:
        """The place of `name` in the longest zone above or at it; None if it is in no zone."""
        key, at = name.key, 0
        labels: list[bytes] = []
        while size := key[at]:
            zone = self._by_key.get(key[at:])
            if zone is not None:
                return Place(zone, tuple(labels))
            labels.append(key[at + 1 : at + 1 + size])
            at += size + 1
        root = self._by_key.get(ROOT.key)
        return None if root is None else Place(root, tuple(labels))


def first_forward_zone(names: Iterable[Name]) -> Name | None:
    """The zone that the targets of PTR records stand in.

    As in CoreDNS, in-addr.arpa and ip6.arpa themselves count as forward zones: only what is below them
    is told to be reverse.
    """
    return next((name for name in names if not any(_is_below(name, root) for root in REVERSE_ROOTS)), None)


def _zone(name: Name, multicluster: tuple[Name, ...]) -> Zone:
    return Zone(
        name,
        multicluster=any(name.is_subdomain_of(other) for other in multicluster),
        services=not any(name.is_subdomain_of(root) for root in REVERSE_ROOTS),
        addresses=any(name.is_subdomain_of(root) or root.is_subdomain_of(name) for root in REVERSE_ROOTS),
    )


def _is_below(name: Name, root: Name) -> bool:
    return name != root and name.is_subdomain_of(root)
