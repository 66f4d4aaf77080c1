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

_OCTETS = tuple(bytes((number,)) for number in range(256))


class Endpoint(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An endpoint as EndpointSlices describe it, reduced to what answers and identities need.

    `addresses` are packed, all of one family (4 or 16 octets). `ready` is the condition of that name,
    true when absent, as CoreDNS reads it. `pod` is the target's name. A text that is absent is "".
    `hostname` and `pod` become lower case when they are packed, which Kubernetes wants them to be; `zone`
    and `zone_hints` keep the spelling of the slice: compare them without case.
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


def records_at(packed: bytes, address: bytes) -> list[bytes]:
    """The records of the endpoints that have this address. Only where it can be are they looked through."""
    return (
        [each for each in records(packed) if address in record_addresses(each)] if address in packed else []
    )


def ready_addresses(packed: bytes) -> Iterator[bytes]:
    """The addresses of all endpoints that are ready, in their order.

    The answers of headless Services are made of them, thousands at once: hence one loop without a call.
    """
    position, end = 0, len(packed)
    while position < end:
        start = position + LENGTH_OCTETS
        flags = packed[start]
        length = packed[position] << 8 | packed[position + 1]
        position = start + length
        if not flags & READY:
            continue
        if flags & SEVERAL:
            yield from record_addresses(packed[start:position])
        else:
            yield packed[start + 1 : start + (17 if flags & IPV6 else 5)]


def record_names(record: bytes) -> tuple[str, str]:
    """Only the host name and the Pod's name of one record."""
    flags = record[0]
    hostname = pod = ""
    if flags & (HOSTNAME | POD):
        position = _texts_start(record)
        if flags & HOSTNAME:
            hostname, position = _read_text(record, position)
        if flags & POD:
            pod, _ = _read_text(record, position)
    return hostname, pod


def record_is_ready(record: bytes) -> bool:
    """Whether the endpoint of one record is ready."""
    return bool(record[0] & READY)


def shown_of_record(record: bytes) -> bytes:
    """Only what shows in a zone: equal for endpoints of equal addresses, host names and zones."""
    flags, start = record[0], _texts_start(record)
    octets = bytes((flags & (IPV6 | SEVERAL | HOSTNAME | ZONE),)) + record[1:start]
    for flag in (HOSTNAME, POD, NODE, ZONE):
        if flags & flag:
            end = start + 1 + record[start]
            if flag in {HOSTNAME, ZONE}:
                octets += record[start:end]
            start = end
    return octets


def read_record(record: bytes) -> Endpoint:
    """One record of `records` as an endpoint."""
    flags = record[0]
    position = _texts_start(record)
    texts = ["", "", "", ""]
    for index, flag in enumerate((HOSTNAME, POD, NODE, ZONE)):
        if flags & flag:
            texts[index], position = _read_text(record, position)
    hostname, pod, node, zone = texts
    return Endpoint(
        addresses=tuple(record_addresses(record)),
        ready=bool(flags & READY),
        hostname=hostname,
        pod=pod,
        node=node,
        zone=zone,
        zone_hints=_read_hints(record, position) if flags & HINTS else (),
    )


def _record(endpoint: Endpoint) -> bytes:
    # Every endpoint of the cluster passes here at a start, so what is most often so costs least.
    body, flags = _packed_addresses(endpoint.addresses)
    if endpoint.ready:
        flags |= READY
    for flag, text in (
        (HOSTNAME, endpoint.hostname.lower()),
        (POD, endpoint.pod.lower()),
        (NODE, endpoint.node),
        (ZONE, endpoint.zone),
    ):
        if text:
            flags |= flag
            body += _text(text)
    if endpoint.zone_hints:
        flags |= HINTS
        hints = endpoint.zone_hints[:MOST_HINTS]
        body += b"".join((_OCTETS[len(hints)], *map(_text, hints)))
    return (1 + len(body)).to_bytes(LENGTH_OCTETS, "big") + _OCTETS[flags] + body


def _packed_addresses(addresses: tuple[bytes, ...]) -> tuple[bytes, int]:
    """Addresses as they stand in a record, and the flags that say how."""
    flags = IPV6 if len(addresses[0]) == 16 else 0
    if len(addresses) == 1:
        return addresses[0], flags
    most = addresses[:MOST_ADDRESSES]
    return b"".join((_OCTETS[len(most)], *most)), flags | SEVERAL


def _text(text: str) -> bytes:
    # No name that Kubernetes accepts is longer; a longer one could never be a label of a DNS name. Half a
    # surrogate pair, which an escape in JSON or YAML can be, is no character: a question mark stands for it.
    octets = text.encode("utf-8", "replace")[:MOST_TEXT_OCTETS]
    return _OCTETS[len(octets)] + octets


def _texts_start(record: bytes) -> int:
    size = 16 if record[0] & IPV6 else 4
    return 2 + size * record[1] if record[0] & SEVERAL else 1 + size


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
