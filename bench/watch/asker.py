"""A client that asks one question after another, compares the answers and keeps their times."""

import random
import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bench.watch.cluster import Size, address, cluster_ip, is_headless, namespace_of
from clusterdns.dns.constants import Flag, Rcode, RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import A
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.transports.framing import framed

TIMEOUT_SECONDS: Final = 1.0
POLL_SECONDS: Final = 0.0005
PAUSE_SECONDS: Final = 0.001
MOST_REMEMBERED: Final = 100_000
MOST_PARSED: Final = 2048
ADDRESS_RECORD: Final = re.compile(rb"\x00\x01\x00\x01\x00\x00..\x00\x04(....)", re.DOTALL)
"""An A record behind its owner: a thousand of them are found faster than parsed."""


class Answer(NamedTuple):
    """The rcode and the addresses of a reply. No reply at all is rcode -1."""

    rcode: int
    addresses: frozenset[str]


NOTHING: Final = Answer(-1, frozenset())
MISSING: Final = Answer(Rcode.NXDOMAIN, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A question and its right answer."""

    packet: bytes
    answer: Answer
    tcp: bool = False


def packet_of(name: str) -> bytes:
    question = Question(Name.from_text(name), RRType.A)
    return write_message(Message(id=1, flags=Flag.RD.value, question=(question,)))


def expected(name: str, *addresses: str, tcp: bool = False) -> Expected:
    """The name below the Services of a namespace; without addresses it does not exist."""
    answer = Answer(Rcode.NOERROR, frozenset(addresses)) if addresses else MISSING
    return Expected(packet=packet_of(f"{name}.svc.cluster.local."), answer=answer, tcp=tcp)


def sample(size: Size, *, count: int = 500) -> list[Expected]:
    """Questions all over a cluster, a fifth of them for names that do not exist."""
    questions: list[Expected] = []
    for number in range(1, size.ordinary, max(1, size.ordinary // count)):
        namespace = namespace_of(number)
        if is_headless(number):
            addresses = [address(each) for each in size.span(number)]
        else:
            addresses = [cluster_ip(number)]
        questions.append(expected(f"service-{number}.{namespace}", *addresses))
        if number % 4 == 0:
            questions.append(expected(f"missing-{number}.{namespace}"))
    return questions


class Asker:
    """One client over UDP.

    took: seconds of each answer. wrong: answers, or missing ones, that were not as expected.
    """

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._socket = self._open()
        self._known: dict[bytes, Answer] = {}
        self._replied = 0.0
        self.took: list[float] = []
        self.wrong = 0

    def close(self) -> None:
        self._socket.close()

    def ask(self, packet: bytes) -> Answer:
        """The answer; NOTHING where none comes in time."""
        began = time.perf_counter()
        try:
            self._socket.send(packet)
            reply = self._socket.recv(65535)
        except OSError:
            self._socket.close()
            self._socket = self._open()  # a late reply must not be taken for the next one
            return NOTHING
        finally:
            self._replied = time.perf_counter()
            self.took.append(self._replied - began)
        return self._read(reply)

    def ask_over_tcp(self, packet: bytes) -> Answer:
        """The same on a connection of its own, for answers that no datagram holds."""
        try:
            with socket.create_connection(self._address, timeout=TIMEOUT_SECONDS) as stream:
                stream.sendall(framed(packet))
                file = stream.makefile("rb")
                reply = file.read(int.from_bytes(file.read(2)))
                self._replied = time.perf_counter()
                return self._read(reply)
        except OSError:
            return NOTHING

    def ask_on(self, questions: Sequence[Expected], *, seconds: float) -> None:
        """Ask at random, about 700 times a second."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.check(random.choice(questions))

    def check(self, question: Expected) -> None:
        """Ask one and count it if it is wrong."""
        answer = self.ask(question.packet)
        self.wrong += answer != question.answer
        time.sleep(PAUSE_SECONDS)

    def until(
        self, question: Expected, *, seconds: float, meanwhile: Sequence[Expected] = ()
    ) -> float | None:
        """Ask until the answer is right, and others between; seconds that it took, None for never."""
        began = time.perf_counter()
        while True:
            ask = self.ask_over_tcp if question.tcp else self.ask
            if ask(question.packet) == question.answer:
                return self._replied - began
            if time.perf_counter() - began > seconds:
                return None
            if meanwhile:
                self.check(random.choice(meanwhile))
            else:
                time.sleep(POLL_SECONDS)

    def _open(self) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.settimeout(TIMEOUT_SECONDS)
        opened.connect(self._address)
        return opened

    def _read(self, reply: bytes) -> Answer:
        answer = self._known.get(reply)
        if answer is None:
            answer = answer_of(reply)
            if len(self._known) < MOST_REMEMBERED:
                self._known[reply] = answer
        return answer


def answer_of(reply: bytes) -> Answer:
    if len(reply) > MOST_PARSED:
        found = (socket.inet_ntoa(octets) for octets in ADDRESS_RECORD.findall(reply))
        return Answer(reply[3] & 0xF, frozenset(found))
    message = read_message(reply)
    records = (one for rrset in message.answer for one in rrset.rdatas)
    return Answer(message.rcode, frozenset(one.to_text() for one in records if isinstance(one, A)))
