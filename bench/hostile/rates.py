"""The rates of all actions. Every rate is printed: the figures mean nothing without them."""

import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Final

from bench.hostile import objects
from bench.hostile.objects import Make

POLITE_QUERIES: Final = 1000
ECHOES: Final = 200
POLITE_CHANGES: Final = 1.0
RELIST_SECONDS: Final = 45.0
QUESTIONS: Final = 2.0
"""Of each kind a second, over UDP, and as many over TCP."""

BURST: Final = 400
BURST_SECONDS: Final = 5.0
MUTE: Final = 6000
MUTE_RATE: Final = 100.0
MALFORMED: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An object of the hostile tenant, and how many times a second it is changed."""

    make: Make
    rate: float

    @property
    def name(self) -> str:
        return self.make.__name__.replace("_", "-")

    @property
    def text(self) -> str:
        each = f"{self.rate:g}/s" if self.rate >= 1 else f"every {1 / self.rate:g} s"
        return f"{(self.make.__doc__ or '').splitlines()[0]} {each}"


CHANGES: Final = (
    Change(make=objects.deep, rate=1),
    Change(make=objects.long_key, rate=0.1),
    Change(make=objects.long_name, rate=0.1),
    Change(make=objects.oversized, rate=0.05),
    Change(make=objects.many_ports, rate=0.5),
    Change(make=objects.small_slice, rate=20),
    Change(make=objects.large_slice, rate=2),
    Change(make=objects.odd_port, rate=1),
    Change(make=objects.odd_zeros, rate=1),
    Change(make=objects.odd_mapped, rate=1),
    Change(make=objects.odd_address, rate=1),
)

RELISTS: Final = "relists"
QUESTIONS_ASKED: Final = "questions"
BURSTS: Final = "bursts"
MUTE_CONNECTIONS: Final = "mute"
MALFORMED_REQUESTS: Final = "malformed"
PARTS: Final = (
    *(change.name for change in CHANGES),
    RELISTS,
    QUESTIONS_ASKED,
    BURSTS,
    MUTE_CONNECTIONS,
    MALFORMED_REQUESTS,
)
"""What the hostile ones do, by names with which a part of it can be chosen."""

Job = tuple[float, Callable[[int], None]]


def run_jobs(jobs: Sequence[Job], *, seconds: float) -> None:
    """Do each job so many times a second, one after another. What is late is not made up for."""
    if not jobs:
        time.sleep(seconds)
        return
    now = time.perf_counter()
    due = [(now + at / 10, 0, rate, job) for at, (rate, job) in enumerate(jobs)]
    end = now + seconds
    while (now := time.perf_counter()) < end:
        at = min(range(len(due)), key=lambda each: due[each][0])
        when, turn, rate, job = due[at]
        if when > now:
            time.sleep(min(when, end) - now)
            continue
        job(turn)
        due[at] = (max(when + 1 / rate, now), turn + 1, rate, job)


def relist_seconds(seconds: float) -> float:
    """How far lists are apart in a run that takes so long: there are two at least."""
    return min(RELIST_SECONDS, seconds / 3)


def description(parts: Container[str], *, seconds: float) -> list[str]:
    """The rates of what is done, a line each."""
    texts = {change.name: f"hostile tenant: {change.text}" for change in CHANGES} | {
        RELISTS: f"API server: all watches end, no streaming, every {relist_seconds(seconds):.0f} s",
        QUESTIONS_ASKED: f"hostile client: each dear question {QUESTIONS:g}/s over UDP and over TCP",
        BURSTS: f"hostile client: {BURST} TCP connections at once every {BURST_SECONDS:g} s",
        MUTE_CONNECTIONS: f"hostile client: {MUTE_RATE:g}/s that never begin TLS, up to {MUTE:,} open",
        MALFORMED_REQUESTS: f"hostile client: {MALFORMED:g} malformed HTTP requests/s",
    }
    return [
        f"polite client: {POLITE_QUERIES:,} queries/s, and {ECHOES}/s to an echo server on the same core",
        f"polite tenant: {POLITE_CHANGES:g} change/s of a Service",
        *(text for name, text in texts.items() if name in parts),
    ]
