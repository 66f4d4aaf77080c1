"""Twenty changes a second: how soon each is answered, and what they cost."""

import statistics
import time
from collections.abc import Callable, Iterator

from bench.process import cpu_seconds
from bench.watch.asker import Expected, expected
from bench.watch.cluster import MOST_IN_SLICE, address, endpoint_slice
from bench.watch.figure import Figure, Part
from bench.watch.lab import Lab, Place

INTERVAL_SECONDS = 0.05
CHANGES = 400
GIVEN_SECONDS = 10.0
AIM_MILLISECONDS = 5.0
AIM_CORES = 0.08
MEASURED_SECONDS = 20.0
SETTLE_SECONDS = 5.0

Change = Callable[[], Expected]


def paced(count: int) -> Iterator[int]:
    """So many turns, twenty a second; a late one does not make the next one early."""
    due = time.perf_counter()
    for turn in range(count):
        yield turn
        due = max(due + INTERVAL_SECONDS, time.perf_counter())
        time.sleep(max(0.0, due - time.perf_counter()))


def endpoint_change(lab: Lab, name: str, *, whole: bool) -> Change:
    """Moves one endpoint of a special Service; asks for it by its name, or for all of the Service."""
    numbers = lab.size.special_span(name)
    turns: dict[int, int] = {}

    def change() -> Expected:
        lab.turn += 1
        at = lab.turn * 37 % len(numbers)
        turns[at] = turns.get(at, 0) % 30 + 1
        part = at // MOST_IN_SLICE
        document = endpoint_slice(name, "ns-0", numbers=numbers, part=part, turns=turns)
        if whole:
            now = [address(number, turn=turns.get(each, 0)) for each, number in enumerate(numbers)]
            question = expected(f"{name}.ns-0", *now, tcp=True)
        else:
            question = expected(f"h{at}.{name}.ns-0", address(numbers[at], turn=turns[at]))
        lab.api.call("put", document)
        return question

    return change


def milliseconds(lab: Lab, change: Change, *, count: int) -> list[float]:
    """From the acknowledgement of each change to the first right answer; GIVEN_SECONDS for never."""
    found: list[float] = []
    for _ in paced(count):
        took = lab.asker.until(change(), seconds=GIVEN_SECONDS)
        found.append((GIVEN_SECONDS if took is None else took) * 1e3)
    return found


def latency(place: Place, name: str, *, whole: bool = False) -> Figure:
    with place.lab() as lab:
        change = endpoint_change(lab, name, whole=whole) if name else lab.change
        time.sleep(SETTLE_SECONDS)
        found = milliseconds(lab, change, count=CHANGES // 4 if place.quick else CHANGES)
    p50, p99 = statistics.median(found), statistics.quantiles(found, n=100)[98]
    return Figure(text=f"{p99:.1f} ms (p50 {p50:.1f}, most {max(found):.1f})", within=p99 <= AIM_MILLISECONDS)


def cores(place: Place) -> Figure:
    """Cores that twenty changes a second keep busy, nobody asking: Services, slices of up to 100."""
    with place.lab() as lab:
        slices = (endpoint_change(lab, name, whole=False) for name in lab.size.special)
        kinds = (lab.change, *slices)
        time.sleep(SETTLE_SECONDS)
        before, began = cpu_seconds(lab.subject.pid), time.perf_counter()
        for turn in paced(int(MEASURED_SECONDS / INTERVAL_SECONDS)):
            kinds[turn % len(kinds)]()
        busy = (cpu_seconds(lab.subject.pid) - before) / (time.perf_counter() - began)
    return Figure(text=f"{busy:.3f} cores", within=busy <= AIM_CORES)


WHAT = "change at 20/s to the right answer, p99"

PARTS = (
    Part(name="change", what=f"{WHAT}: ClusterIP", aim="≤ 5 ms", measure=lambda place: latency(place, "")),
    Part(
        name="change-10",
        what=f"{WHAT}: 10 endpoints",
        aim="≤ 5 ms",
        measure=lambda place: latency(place, "ten"),
    ),
    Part(
        name="change-1000",
        what=f"{WHAT}: 1,000, all over TCP",
        aim="≤ 5 ms",
        measure=lambda place: latency(place, "thousand", whole=True),
    ),
    Part(
        name="change-5000",
        what=f"{WHAT}: 5,000 endpoints",
        aim="≤ 5 ms",
        measure=lambda place: latency(place, "big"),
    ),
    Part(name="cpu", what="CPU for 20 changes/s", aim="≤ 0.08 cores", measure=cores),
)
