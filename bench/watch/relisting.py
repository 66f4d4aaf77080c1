"""A relist of everything while clients ask: its peak of memory, late answers, wrong answers."""

import statistics
import time

from bench.watch.asker import sample
from bench.watch.figure import Figure, Part
from bench.watch.lab import Place
from bench.watch.process import forget_peak, memory

IDLE_SECONDS = 5.0
AFTER_SECONDS = 5.0
GIVEN_SECONDS = 60.0
AIM_RATIO = 1.3
AIM_TIMES_IDLE = 3.0
AIM_MILLISECONDS = 2.0


def percentile(took: list[float]) -> float:
    """The 99th, in milliseconds."""
    return statistics.quantiles(took, n=100)[98] * 1e3


def relist(place: Place) -> Figure:
    """Every watch ends with 410. p99 is over the time until an answer shows the relist, and a while on."""
    with place.lab() as lab:
        questions = [one for one in sample(place.size) if one.packet != lab.change().packet]
        time.sleep(IDLE_SECONDS)
        lab.asker.ask_on(questions, seconds=IDLE_SECONDS)
        idle, lab.asker.took, lab.asker.wrong = percentile(lab.asker.took[-2000:]), [], 0
        steady = memory(lab.subject.pid)["rss"]
        forget_peak(lab.subject.pid)
        lab.api.call("expire")
        question = lab.change()
        took = lab.asker.until(question, seconds=GIVEN_SECONDS, meanwhile=questions)
        lab.asker.ask_on(questions, seconds=AFTER_SECONDS)
        ratio = memory(lab.subject.pid)["peak"] / steady
        busy, most, wrong = percentile(lab.asker.took), max(lab.asker.took) * 1e3, lab.asker.wrong
    until = "never" if took is None else f"{took:.1f} s"
    fine = ratio <= AIM_RATIO and busy <= max(AIM_TIMES_IDLE * idle, AIM_MILLISECONDS) and not wrong
    text = (
        f"{ratio:.2f} x {steady:.0f} MB; p99 {idle:.2f} → {busy:.2f} ms, most {most:.1f}; "
        f"{wrong} wrong; {until}"
    )
    return Figure(text=text, within=fine and took is not None)


PARTS = (
    Part(
        name="relist",
        what="relist: peak memory; p99 of answers; wrong",
        aim="≤ 1.3 x; ≤ 3 x idle or 2 ms; 0",
        measure=relist,
    ),
)
