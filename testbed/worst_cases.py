"""The dearest queries there are: messages of up to 65,535 octets made to cost a reader time or memory."""

from testbed.wire import packet, question, record

__all__ = ["pointer_chain", "worst_queries"]

MOST_OCTETS = 65535
WEB = question("web")
FIRST = 12 + len(WEB)
"""Where the first record stands."""

OPAQUE = 999
"""A type whose data are not read."""


def worst_queries() -> dict[str, bytes]:
    """Queries by a name for their fault."""
    empty_options = record(rtype=41, data=bytes.fromhex("00640000") * 16000)
    tiny = [record(rtype=0xFF00 | place & 1, data=b"") for place in range(5950)]
    chain = pointer_chain()
    queries = {
        "16,000 options": packet(WEB, additional=[empty_options]),
        "65,000 empty strings": packet(WEB, answer=[record(rtype=16, data=bytes(65000))]),
        "strings of all sizes": packet(WEB, answer=[record(rtype=16, data=b"\x01a\0" * 21600)]),
        "strings in four records": packet(
            WEB,
            answer=[record(rtype=16, data=bytes(16000))],
            authority=[record(rtype=16, data=bytes(16000))],
            additional=[record(rtype=16, data=bytes(16000))] * 2,
        ),
        "5,950 tiny records": packet(WEB, answer=tiny),
        "65,535 records promised": packet(WEB, answer=tiny, counts=(1, 65535, 65535, 65535)),
        "a chain of pointers": packet(WEB, answer=[chain], authority=[leading_to(chain)]),
        "a chain followed three times": packet(
            WEB, answer=[chain], authority=[leading_to(chain)], additional=[leading_to(chain)] * 2
        ),
        "32,000 labels": packet(b"\x01a" * 32000, counts=(1, 0, 0, 0)),
        "6,000 questions": packet(*[WEB] * 6000),
        "65,535 questions promised": packet(*[WEB] * 6000, counts=(65535, 0, 0, 0)),
        "one large record": packet(WEB, answer=[record(rtype=OPAQUE, data=bytes(65000))]),
        "65,000 octets behind the message": packet(WEB, tail=bytes(65000)),
        "an UPDATE of 5,950 tiny records": packet(WEB, authority=tiny, bits=5 << 11),
        "a response of 5,950 tiny records": packet(WEB, answer=tiny, bits=0x8000),
        "127 labels": packet(question(b"\x01a" * 127 + b"\0")),
    }
    return {text: octets for text, octets in queries.items() if len(octets) <= MOST_OCTETS}


def pointer_chain() -> bytes:
    """A record of as many pointers as there can be, each to the one before, which end at a root label."""
    start = FIRST + 11
    pointers = b"".join((0xC000 | start + 2 * at - 2).to_bytes(2) for at in range(1, (0x3FF0 - start) // 2))
    return record(rtype=OPAQUE, data=b"\0\0" + pointers)


def leading_to(chain: bytes) -> bytes:
    """A record whose owner is the last pointer of `chain`."""
    return record((0xC000 | FIRST + len(chain) - 2).to_bytes(2), data=b"")
