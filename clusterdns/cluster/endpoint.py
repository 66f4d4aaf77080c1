"""One endpoint of an EndpointSlice, and how the endpoints of a slice are packed into one bytes value.

150,000 endpoints as objects cost a hundred megabytes and slow every garbage collection; as packed
records they cost what their text costs. A slice is unpacked only when an answer is made from it.

    record = length of what follows (2) | flags (1) | [number of addresses (1)] | addresses (4 or 16 each)
             | [hostname] [pod] [node] [zone] [number of hints (1), hints]         texts: length (1), UTF-8

What stands in brackets is there only when its flag says so. Records hold all that is said of their
endpoint, so two slices are compared record by record without unpacking.
"""

from collections.abc import Iterable, Iterator

import msgspec

READY, IPV6, SEVERAL, HOSTNAME, POD, NODE, ZONE, HINTS = (1 << bit for bit in range(8))

LENGTH_OCTETS = 2
MOST_ADDRESSES = 255
MOST_TEXT_OCTETS = 255
MOST_HINTS = 8
"""Zones that the API lets an endpoint be meant for."""


class Endpoint(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An endpoint as EndpointSlices describe it, reduced to what answers and identities need.

    `addresses` are packed, all of one family (4 or 16 octets). `ready` is the condition of that name,
    true when absent, as CoreDNS reads it. `pod` is the target's name. A text that is absent is "".
    `zone` and `zone_hints` keep the spelling of the slice: compare them without case.
    """

    addresses: tuple[bytes, ...]
    ready: bool = True
    hostname: str = ""
    pod: str = ""
    node: str = ""
    zone: str = ""
    zone_hints: tuple[str, ...] = ()


def pack(endpoints: Iterable[Endpoint]) -> bytes:
    """Endpoints as one value, in their order. An endpoint without addresses is left out."""
    return b"".join(_record(endpoint) for endpoint in endpoints if endpoint.addresses)


def unpack(packed: bytes) -> tuple[Endpoint, ...]:
    """The endpoints packed by `pack`."""
    return tuple(read_record(record) for record in records(packed))


def records(packed: bytes) -> Iterator[bytes]:
    """One bytes value an endpoint, for `read_record`; equal values are equal endpoints."""
    position, end = 0, len(packed)
    while position < end:
        start = position + LENGTH_OCTETS
        position = start + int.from_bytes(packed[position:start], "big")
        yield packed[start:position]


def record_addresses(record: bytes) -> list[bytes]:
    """Only the addresses of one record: what the reverse index needs."""
    size = 16 if record[0] & IPV6 else 4
    if not record[0] & SEVERAL:
        return [record[1 : 1 + size]]
    return [record[start : start + size] for start in range(2, 2 + size * record[1], size)]


def record_is_ready(record: bytes) -> bool:
    """Whether the endpoint of one record is ready."""
    return bool(record[0] & READY)


def read_record(record: bytes) -> Endpoint:
    """One record of `records` as an endpoint."""
    flags = record[0]
    addresses = record_addresses(record)
    position = (2 if flags & SEVERAL else 1) + len(addresses) * len(addresses[0])
    texts = ["", "", "", ""]
    for index, flag in enumerate((HOSTNAME, POD, NODE, ZONE)):
        if flags & flag:
            texts[index], position = _read_text(record, position)
    hostname, pod, node, zone = texts
    return Endpoint(
        addresses=tuple(addresses),
        ready=bool(flags & READY),
        hostname=hostname,
        pod=pod,
        node=node,
        zone=zone,
        zone_hints=_read_hints(record, position) if flags & HINTS else (),
    )


def _record(endpoint: Endpoint) -> bytes:
    addresses = endpoint.addresses[:MOST_ADDRESSES]
    flags = READY * endpoint.ready | IPV6 * (len(addresses[0]) == 16)
    parts = list(addresses)
    if len(addresses) > 1:
        flags |= SEVERAL
        parts.insert(0, bytes((len(addresses),)))
    texts = ((HOSTNAME, endpoint.hostname), (POD, endpoint.pod), (NODE, endpoint.node), (ZONE, endpoint.zone))
    for flag, text in texts:
        if text:
            flags |= flag
            parts.append(_text(text))
    hints = endpoint.zone_hints[:MOST_HINTS]
    if hints:
        flags |= HINTS
        parts.append(bytes((len(hints),)))
        parts.extend(map(_text, hints))
    body = b"".join((bytes((flags,)), *parts))
    return len(body).to_bytes(LENGTH_OCTETS, "big") + body


def _text(text: str) -> bytes:
    # No name that Kubernetes accepts is longer; a longer one could never be a label of a DNS name. Half a
    # surrogate pair, which an escape in JSON or YAML can be, is no character: a question mark stands for it.
    octets = text.encode(errors="replace")[:MOST_TEXT_OCTETS]
    return bytes((len(octets),)) + octets


def _read_text(record: bytes, position: int) -> tuple[str, int]:
    start = position + 1
    end = start + record[position]
    return record[start:end].decode(errors="ignore"), end


def _read_hints(record: bytes, position: int) -> tuple[str, ...]:
    hints = []
    count, position = record[position], position + 1
    for _ in range(count):
        hint, position = _read_text(record, position)
        hints.append(hint)
    return tuple(hints)
