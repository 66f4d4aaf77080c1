"""The text of a hosts file as dictionaries: addresses by name, names by address."""

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.rdata import AAAA, PTR, A

__all__ = ["HostsTable", "parse_hosts", "wildcard_of"]

ASTERISK: Final = b"\x01*"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostsTable:
    """The contents of a hosts file. Names are keyed by `Name.key`, wildcards under `*.` like any name.

    `pointers` are keyed by packed address and leave wildcards out. Everything keeps the file's order;
    a repeated pair is there once (RFC 2181 section 5). `ignored` are the numbers of lines whose first
    word is no address or that have a word which is no name. `entries` counts its addresses and names.
    """

    v4: Mapping[bytes, tuple[A, ...]] = field(default_factory=dict[bytes, tuple[A, ...]])
    v6: Mapping[bytes, tuple[AAAA, ...]] = field(default_factory=dict[bytes, tuple[AAAA, ...]])
    pointers: Mapping[bytes, tuple[PTR, ...]] = field(default_factory=dict[bytes, tuple[PTR, ...]])
    ignored: tuple[int, ...] = ()
    entries: int = 0

    def changed_names(self, other: "HostsTable") -> frozenset[bytes]:
        """Keys of the names, wildcards included, whose addresses differ between the two."""
        return _changed(self.v4, other.v4) | _changed(self.v6, other.v6)

    def changed_addresses(self, other: "HostsTable") -> frozenset[bytes]:
        """Packed addresses whose names differ between the two."""
        return _changed(self.pointers, other.pointers)


def wildcard_of(key: bytes) -> bytes:
    """The key of the wildcard that stands for the name with this key: its first label is `*`.

    One label is matched, not more. A top-level name has none: what is returned is never in a table.
    """
    return ASTERISK + key[1 + key[0] :]


def parse_hosts(data: bytes, zones: tuple[Name, ...] = (ROOT,)) -> HostsTable:
    """Read hosts(5): an address and its names on each line, `#` before a comment.

    Only names below `zones` are kept, as in CoreDNS. The zone of an IPv6 address is dropped, and an
    IPv4-mapped address is the IPv4 address.
    """
    reader = _Reader(zones)
    for number, line in enumerate(data.splitlines(), start=1):
        words = line.partition(b"#")[0].split()
        if len(words) > 1:
            reader.read(words, number)
    return reader.table()


class _Reader:
    """Collects lines; dictionaries are used as ordered sets."""

    def __init__(self, zones: tuple[Name, ...]) -> None:
        self._zones = zones
        self._v4: dict[bytes, dict[A, None]] = {}
        self._v6: dict[bytes, dict[AAAA, None]] = {}
        self._pointers: dict[bytes, dict[PTR, None]] = {}
        self._ignored: list[int] = []

    def read(self, words: list[bytes], number: int) -> None:
        address = _address(words[0])
        names = [_name(word) for word in words[1:]]
        if address is None or None in names:
            self._ignored.append(number)
        if address is not None:
            for name in names:
                if name is not None and any(name.is_subdomain_of(zone) for zone in self._zones):
                    self._add(address, name)

    def table(self) -> HostsTable:
        kinds: tuple[Mapping[bytes, Sized], ...] = (self._v4, self._v6, self._pointers)
        return HostsTable(
            v4={key: tuple(rdatas) for key, rdatas in self._v4.items()},
            v6={key: tuple(rdatas) for key, rdatas in self._v6.items()},
            pointers={key: tuple(rdatas) for key, rdatas in self._pointers.items()},
            ignored=tuple(self._ignored),
            entries=sum(len(each) for kind in kinds for each in kind.values()),
        )

    def _add(self, address: IPv4Address | IPv6Address, name: Name) -> None:
        packed = address.packed
        if isinstance(address, IPv4Address):
            self._v4.setdefault(name.key, {})[A(packed)] = None
        else:
            self._v6.setdefault(name.key, {})[AAAA(packed)] = None
        if not name.key.startswith(ASTERISK):
            self._pointers.setdefault(packed, {})[PTR(Name(name.key))] = None


def _address(word: bytes) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(word.partition(b"%")[0].decode("ascii"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _name(word: bytes) -> Name | None:
    """A name of at least one label beside a leading asterisk."""
    try:
        name = Name.from_text(word.decode("latin-1"))
    except ValueError:
        return None
    return None if name.is_root or name.key == ASTERISK + b"\0" else name


def _changed(old: Mapping[bytes, object], new: Mapping[bytes, object]) -> frozenset[bytes]:
    return frozenset(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
