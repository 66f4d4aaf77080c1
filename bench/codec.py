"""The cost of the codec: microseconds of CPU a message, beside dnspython and dnslib in the same run.

python bench/codec.py
"""

import time
from collections.abc import Callable
from typing import Any

import dns.message
import dnslib

from clusterdns.dns.constants import RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import SRV, A
from clusterdns.dns.reader import read_message, read_query
from clusterdns.dns.text import parse_section
from clusterdns.dns.writer import write_message

WEB = Name.from_text("web.shop.svc.cluster.local.")
QUESTION = (Question(WEB, RRType.A),)
UDP = 1232
ATTEMPTS = 5
SECONDS_EACH = 0.1

PLAIN = Message(id=1, flags=0x0100, question=QUESTION)
QUERY = Message(id=1, flags=0x0100, question=QUESTION, edns=Edns())
ANSWER = Message(
    id=1, flags=0x8500, question=QUESTION, answer=(RRset(WEB, 5, (A(b"\x0a\x60\0\x01"),)),), edns=Edns()
)
NXDOMAIN = Message(
    id=1,
    flags=0x8500,
    rcode=3,
    question=QUESTION,
    authority=parse_section(
        "cluster.local. 5 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5"
    ),
    edns=Edns(),
)
SERVICES = Message(
    id=1,
    flags=0x8500,
    question=QUESTION,
    answer=(RRset(WEB, 5, tuple(SRV(0, 33, port, WEB) for port in (80, 443, 9090))),),
    additional=(RRset(WEB, 5, (A(b"\x0a\x60\0\x01"),)),),
    edns=Edns(),
)
ADDRESSES = Message(
    id=1,
    flags=0x8500,
    question=QUESTION,
    answer=(RRset(WEB, 5, tuple(A(at.to_bytes(4)) for at in range(4090))),),
)


def microseconds(run: Callable[[], object]) -> float:
    """CPU time of one run, the best of some attempts."""
    start, runs = time.process_time(), 0
    while time.process_time() - start < SECONDS_EACH:
        run()
        runs += 1
    times: list[float] = []
    for _ in range(ATTEMPTS):
        start = time.process_time()
        for _ in range(runs):
            run()
        times.append((time.process_time() - start) / runs)
    return min(times) * 1e6


def reading(name: str, message: Message, read: Callable[[bytes], Message]) -> None:
    data = write_message(message)
    report(
        name,
        lambda: read(data),
        lambda: dns.message.from_wire(data),
        lambda: dnslib.DNSRecord.parse(data),
    )


def writing(name: str, message: Message, limit: int) -> None:
    data = write_message(message)
    theirs = dns.message.from_wire(data)
    other: Any = dnslib.DNSRecord.parse(data)
    report(
        name, lambda: write_message(message, limit=limit), lambda: theirs.to_wire(max_size=65535), other.pack
    )


def report(name: str, *runs: Callable[[], object]) -> None:
    print(f"{name:36}" + "".join(f"{microseconds(run):12.2f}" for run in runs), flush=True)


def main() -> None:
    print(f"{'microseconds of CPU':36}{'clusterdns':>12}{'dnspython':>12}{'dnslib':>12}")
    reading("read a query", PLAIN, read_query)
    reading("read a query with EDNS", QUERY, read_query)
    reading("read an answer", ANSWER, read_message)
    reading("read 4,090 addresses", ADDRESSES, read_message)
    writing("write an answer", ANSWER, UDP)
    writing("write NXDOMAIN", NXDOMAIN, UDP)
    writing("write three SRV and an address", SERVICES, UDP)
    writing("write 4,090 addresses", ADDRESSES, 65535)
    report("write 4,090 addresses, cut to 512", lambda: write_message(ADDRESSES, limit=512))


if __name__ == "__main__":
    main()
