"""A million damaged packets into the reader: what is not read is `MalformedMessage`, and nothing else.

    python bench/mutated_packets.py [ROUNDS] [SEED]

Prints the outcomes and the dearest packet; ends with a traceback, after printing the packet, if there is
another exception. The same seed gives the same packets.
"""

import sys
import time
from collections import Counter
from itertools import islice
from random import Random

from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.message import Message
from clusterdns.dns.reader import read_message, read_query
from clusterdns.dns.writer import write_message
from testbed.mutations import mutants
from testbed.packets import query_packets, reply_packets

ROUNDS = 1_000_000


def outcome(packet: bytes) -> str:
    """The outcome of one packet: read both as a message and as a query, and written again if read."""
    message = attempt(packet)
    if message is None:
        return "malformed"
    write_message(message, limit=512)
    try:
        read_query(packet)
    except MalformedMessage:
        return "a message, but no query"
    return "a query"


def attempt(packet: bytes) -> Message | None:
    try:
        return read_message(packet)
    except MalformedMessage:
        return None


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    outcomes: Counter[str] = Counter()
    dearest = 0.0
    start = time.process_time()
    for packet in islice(mutants((*query_packets(), *reply_packets()), Random(seed)), rounds):
        before = time.process_time()
        try:
            outcomes[outcome(packet)] += 1
        except Exception:
            print(f"broken by {packet.hex()}")
            raise
        dearest = max(dearest, time.process_time() - before)
    for text, count in outcomes.most_common():
        print(f"{count:>10,}  {text}")
    seconds = time.process_time() - start
    print(f"{rounds:>10,}  in {seconds:.1f} s of CPU; the dearest took {dearest * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
