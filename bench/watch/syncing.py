"""From the start of the process to the right answer, and the memory that it then holds."""

import time

from bench.watch.figure import Figure, Part, seconds
from bench.watch.lab import Place
from bench.watch.process import memory
from bench.watch.subject import last_of, subject

STARTS = 3
AIM_SECONDS = 2.0
AIM_MEGABYTES = 90.0
GIVEN_SECONDS = 60.0
SETTLE_SECONDS = 5.0


def start(place: Place, *, streaming: bool = True) -> Figure:
    """The best of some starts. Without `streaming` the API server refuses streaming lists."""
    found: list[float | None] = []
    with place.api() as (api, folder):
        if not streaming:
            api.call("refuse_streaming_list")
        for _ in range(1 if place.quick else STARTS):
            began = time.perf_counter()
            with subject(place.kind, folder, options=f"endpoint {api.url}") as server:
                last = server.asker.until(last_of(place.size), seconds=GIVEN_SECONDS)
                found.append(None if last is None else time.perf_counter() - began)
    best = min((one for one in found if one is not None), default=None)
    figure = seconds(best, aim=AIM_SECONDS, given=GIVEN_SECONDS)
    spread = " ".join("never" if one is None else f"{one:.2f}" for one in found)
    return Figure(text=f"{figure.text} ({spread})", within=figure.within)


def resident(place: Place) -> Figure:
    """Resident memory some seconds after the sync, and the highest until then."""
    with place.lab() as lab:
        time.sleep(SETTLE_SECONDS)
        found = memory(lab.subject.pid)
    text = f"{found['rss']:.0f} MB (PSS {found['pss']:.0f}, peak {found['peak']:.0f})"
    return Figure(text=text, within=found["rss"] <= AIM_MEGABYTES)


PARTS = (
    Part(name="start", what="start to the right answer, one core", aim="≤ 2.0 s", measure=start),
    Part(
        name="start-list",
        what="the same where streaming lists are refused",
        aim="≤ 2.0 s",
        measure=lambda place: start(place, streaming=False),
    ),
    Part(name="memory", what="resident memory after sync", aim="≤ 90 MB", measure=resident),
)
