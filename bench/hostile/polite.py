"""The polite client: asks for names of the ordinary cluster, evenly, and knows what is right.

Meanwhile it has some datagrams sent back by the echo server. Prints what it found as a line of JSON.
"""

import argparse
import json
import random
import select
import socket
import statistics
import time
from struct import Struct
from typing import Final

from bench.hostile.rates import ECHOES, POLITE_QUERIES
from bench.hostile.timeline import NEVER, Timeline
from bench.watch.asker import Answer, Expected, answer_of, sample
from bench.watch.cluster import Size

PATIENCE_SECONDS: Final = 2.0

SO_TIMESTAMPNS: Final = 35
"""The kernel says when a datagram came (socket(7)): a client that reads it later does not take that for the
server's lateness."""

STAMP: Final = Struct("@ll")
STAMP_SPACE: Final = socket.CMSG_SPACE(STAMP.size)


class Flow:
    """Packets to one server at a rate. What is late is sent at once, all of it."""

    def __init__(self, port: int, questions: list[Expected], *, rate: float, began: float) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.timeline = Timeline()
        self.wrong = 0
        self.due = began
        self._questions = questions
        self._pause = 1 / rate
        self._next = 0
        self._waiting: dict[int, tuple[float, Expected]] = {}
        self._known: dict[bytes, Answer] = {}

    def send(self, now: float) -> None:
        """Send what is due."""
        while self.due <= now:
            self.due += self._pause
            question = random.choice(self._questions)
            self._next = (self._next + 1) % 65536
            self._forget(self._next)
            self.socket.send(self._next.to_bytes(2) + question.packet[2:])
            self._waiting[self._next] = time.time(), question

    def receive(self, *, judge: bool) -> None:
        """Take what is there."""
        while True:
            try:
                reply, ancillary, _, _ = self.socket.recvmsg(65535, STAMP_SPACE)
            except (BlockingIOError, ConnectionRefusedError):
                return
            seconds, nanoseconds = STAMP.unpack(ancillary[0][2])
            asked = self._waiting.pop(int.from_bytes(reply[:2]), None)
            if asked is not None:
                took = seconds + nanoseconds / 1e9 - asked[0]
                self.timeline.add(asked[0], max(0.0, took))
                self.wrong += judge and self._read(reply) != asked[1].answer

    def end(self) -> None:
        """Count replies that have not come as lost."""
        for number in list(self._waiting):
            self._forget(number)

    def _forget(self, number: int) -> None:
        asked = self._waiting.pop(number, None)
        if asked is not None:
            self.timeline.add(asked[0], NEVER)

    def _read(self, reply: bytes) -> Answer:
        answer = self._known.get(reply[2:])
        if answer is None:
            answer = self._known[reply[2:]] = answer_of(reply)
        return answer


def ask(port: int, echo_port: int, size: Size, *, seconds: float) -> tuple[Flow, Flow]:
    """Ask both servers for so long, and wait for the last replies."""
    questions = sample(size)[1:]  # the first is for the Service that is moved
    began = time.perf_counter() + 0.1
    served = Flow(port, questions, rate=POLITE_QUERIES, began=began)
    echoed = Flow(echo_port, questions, rate=ECHOES, began=began)
    end = began + seconds
    while (now := time.perf_counter()) < end + PATIENCE_SECONDS:
        if now < end:
            served.send(now)
            echoed.send(now)
        pause = min(served.due, echoed.due) - time.perf_counter() if now < end else 0.1
        select.select([served.socket, echoed.socket], [], [], max(pause, 0))
        served.receive(judge=True)
        echoed.receive(judge=False)
    served.end()
    echoed.end()
    return served, echoed


def found(served: Flow, echoed: Flow) -> dict[str, float]:
    """The figures, times in milliseconds."""
    took, echoes = served.timeline.answered(), echoed.timeline.answered()
    later = [one.took for one in served.timeline.later_than(echoed.timeline)]
    return {
        "asked": len(served.timeline.sent),
        "lost": served.timeline.lost,
        "wrong": served.wrong,
        "median": statistics.median(took or [0.0]) * 1e3,
        "p99": took[len(took) * 99 // 100] * 1e3 if took else 0.0,
        "most": took[-1] * 1e3 if took else 0.0,
        "echo_p99": echoes[len(echoes) * 99 // 100] * 1e3 if echoes else 0.0,
        "echo_most": echoes[-1] * 1e3 if echoes else 0.0,
        "later": max(later, default=0.0) * 1e3,
        "late": sum(one > 0.05 for one in later),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hostile.polite", description=__doc__)
    for name in ("--port", "--echo-port", "--services", "--endpoints"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    size = Size(services=options.services, endpoints=options.endpoints)
    served, echoed = ask(options.port, options.echo_port, size, seconds=options.seconds)
    print(json.dumps(found(served, echoed)))


if __name__ == "__main__":
    main()
