"""One endpoint of an EndpointSlice, packed with the others of its slice, and alone to be compared.

Slices are compared record by record, without unpacking: a record holds all that is said of its endpoint.

    record = flags of its block (1) | number of addresses (1) | addresses | each text with 0xFF before it

See `blocks` for how endpoints are packed together.
"""

from collections.abc import Iterable, Iterator

import msgspec

from clusterdns.cluster.blocks import (
    END,
    HEAD,
    HINT_END,
    IPV6,
    READY,
    READY_IPV4,
    READY_IPV6,
    Block,
    Column,
    blocks,
)

MOST_ADDRESSES = 255
MOST_TEXT_OCTETS = 255
MOST_HINTS = 8
"""Zones that the API lets an endpoint be meant for."""


class Endpoint(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An endpoint as EndpointSlices describe it, reduced to what answers and identities need.

    `addresses` are packed, all of one family (4 or 16 octets). `ready` is the condition of that name,
    true when absent, as CoreDNS reads it. `pod` is the target's name. A text that is absent is "".
    `hostname`, `pod` and `zone` become lower case when they are packed, as the names are that ask for them;
    `zone_hints` keep the spelling of the slice: compare them without case.
    """

    addresses: tuple[bytes, ...]
    ready: bool = True
    hostname: str = ""
    pod: str = ""
    node: str = ""
    zone: str = ""
    zone_hints: tuple[str, ...] = ()


class Packer:
    """Packs endpoints one after the other, each in a microsecond or two, however many there are."""

    __slots__ = ("_groups",)

    def __init__(self) -> None:
        self._groups: dict[tuple[bool, bool, int], _Group] = {}

    def add(self, endpoint: Endpoint) -> None:
        """Add an endpoint. One without addresses is left out."""
        if addresses := endpoint.addresses:
            key = not endpoint.ready, len(addresses[0]) == 16, min(len(addresses), MOST_ADDRESSES)
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = _Group()
            group.add(endpoint)

    def packed(self) -> bytes:
        """All of them as one value."""
        groups = self._groups
        if not groups:
            return b""
        families = {READY_IPV6 if ipv6 else READY_IPV4 for unready, ipv6, _ in groups if not unready}
        return b"".join((bytes((sum(families),)), *(groups[key].block(*key) for key in sorted(groups))))


class _Group:
    """The endpoints of one block."""

    __slots__ = ("_addresses", "_columns", "_count")

    def __init__(self) -> None:
        self._count = 0
        self._addresses = bytearray()
        self._columns = [bytearray() for _ in Column]

    def add(self, endpoint: Endpoint) -> None:
        # Every endpoint of the cluster passes here at a start.
        self._count += 1
        self._addresses += b"".join(endpoint.addresses[:MOST_ADDRESSES])
        hostnames, pods, nodes, zones, hints = self._columns
        hostnames += END + _octets(endpoint.hostname.lower()) if endpoint.hostname else END
        pods += END + _octets(endpoint.pod.lower()) if endpoint.pod else END
        nodes += END + _octets(endpoint.node) if endpoint.node else END
        zones += END + _octets(endpoint.zone.lower()) if endpoint.zone else END
        hints += END + _hints(endpoint.zone_hints) if endpoint.zone_hints else END

    def block(self, unready: bool, ipv6: bool, each: int) -> bytes:  # noqa: FBT001 - the parts of its key
        columns = [column + END if len(column) > self._count else b"" for column in self._columns]
        head = HEAD.pack(_flags(ready=not unready, ipv6=ipv6), each, self._count, *map(len, columns))
        return b"".join((head, self._addresses, *columns))


def pack(endpoints: Iterable[Endpoint]) -> bytes:
    """Endpoints as one value: those that are ready first, IPv4 before IPv6, fewer addresses before more, and
    else in their order. An endpoint without addresses is left out."""
    packer = Packer()
    for endpoint in endpoints:
        packer.add(endpoint)
    return packer.packed()


def unpack(packed: bytes) -> tuple[Endpoint, ...]:
    """The endpoints packed by `pack`, in the order that they have there."""
    return tuple(read_record(record) for record in records(packed))


def records(packed: bytes) -> Iterator[bytes]:
    """One bytes value an endpoint, for `read_record`; equal values are equal endpoints."""
    join = END.join
    for block in blocks(packed):
        head = _record_head(block)
        for fields in zip(block.joined_addresses(), *map(block.texts, Column), strict=True):
            yield head + join(fields)


def record_addresses(record: bytes) -> list[bytes]:
    """Only the addresses of one record: what the reverse index needs."""
    size, end = _size(record), _texts_start(record)
    return [record[start : start + size] for start in range(2, end, size)]


def record_is_ready(record: bytes) -> bool:
    """Whether the endpoint of one record is ready."""
    return bool(record[0] & READY)


def shown_of_record(record: bytes) -> bytes:
    """Only what shows in a zone: equal for endpoints of equal addresses, host names and zones."""
    end = _texts_start(record)
    hostname, _, _, zone, _ = record[end + 1 :].split(END)
    return record[:end] + END.join((hostname, zone))


def read_record(record: bytes) -> Endpoint:
    """One record of `records` as an endpoint."""
    hostname, pod, node, zone, hints = record[_texts_start(record) + 1 :].split(END)
    return Endpoint(
        addresses=tuple(record_addresses(record)),
        ready=record_is_ready(record),
        hostname=_read(hostname),
        pod=_read(pod),
        node=_read(node),
        zone=_read(zone),
        zone_hints=tuple(_read(hint) for hint in hints.split(HINT_END)[:-1]),
    )


def _flags(*, ready: bool, ipv6: bool) -> int:
    return (READY if ready else 0) | (IPV6 if ipv6 else 0)


def _octets(text: str) -> bytes:
    # No name that Kubernetes accepts is longer; a longer one could never be a label of a DNS name. Half a
    # surrogate pair, which an escape in JSON or YAML can be, is no character: a question mark stands for it.
    return text.encode("utf-8", "replace")[:MOST_TEXT_OCTETS]


def _hints(hints: tuple[str, ...]) -> bytes:
    return b"".join(_octets(hint) + HINT_END for hint in hints[:MOST_HINTS])


def _record_head(block: Block) -> bytes:
    return bytes((_flags(ready=block.ready, ipv6=block.size == 16), block.each))


def _size(record: bytes) -> int:
    return 16 if record[0] & IPV6 else 4


def _texts_start(record: bytes) -> int:
    return 2 + _size(record) * record[1]


def _read(text: bytes) -> str:
    return text.decode(errors="ignore")
