"""RRsets into a message, as many records as there is room for."""

from struct import Struct
from typing import Final, cast

from clusterdns.dns.message import RRset
from clusterdns.dns.name_writer import NameWriter
from clusterdns.dns.rdata import AAAA, A
from clusterdns.dns.rdata_writer import write_rdata

__all__ = ["RRsetWriter"]

_HEAD = Struct("!HHIH")
_HEAD_OCTETS: Final = 10


class RRsetWriter:
    """Appends RRsets to `out`, the message so far."""

    __slots__ = ("_names", "_out")

    def __init__(self, out: bytearray, names: NameWriter) -> None:
        self._out = out
        self._names = names

    def write(self, rrset: RRset, end: int) -> int:
        """Append as many records of `rrset` as fit before offset `end`, and say how many these are.

        What does not fit is not rendered, save for the first record that turns out too long.
        """
        first = rrset.rdatas[0]
        owner = self._names.place(rrset.owner.wire, len(self._out))
        if isinstance(first, (A, AAAA)):
            records = cast("tuple[A | AAAA, ...]", rrset.rdatas)  # An RRset has records of one type.
            return self._write_addresses(rrset, records, owner=owner, end=end)
        out, names, rtype, rrclass, ttl = self._out, self._names, rrset.rtype, rrset.rrclass, rrset.ttl
        written = 0
        for rdata in rrset.rdatas:
            start = len(out) + len(owner) + _HEAD_OCTETS
            data = write_rdata(rdata, start, names)
            if start + len(data) > end:
                break
            out += owner
            out += _HEAD.pack(rtype, rrclass, ttl, len(data))
            out += data
            if not written:
                owner = names.pointer(rrset.owner.wire) or owner
            written += 1
        return written

    def _write_addresses(self, rrset: RRset, records: tuple[A | AAAA, ...], *, owner: bytes, end: int) -> int:
        """Records of one size: how many fit is known before the first is written."""
        size = len(records[0].address)
        head = _HEAD.pack(rrset.rtype, rrset.rrclass, rrset.ttl, size)
        prefix = (self._names.pointer(rrset.owner.wire) or owner) + head
        room = end - len(self._out) - len(owner) - len(head) - size
        if room < 0:
            return 0
        count = 1 + room // (len(prefix) + size)
        addresses = [rdata.address for rdata in records[:count]]
        self._out += owner + head + prefix.join(addresses)
        return len(addresses)
