"""The figures beside the promises."""

import urllib.error
import urllib.request
from collections.abc import Container, Iterator
from typing import Final, NamedTuple

from bench.hostile.attack import Outcome
from bench.hostile.objects import LEFT_OUT, NAMESPACE
from bench.watch.asker import Asker, expected

MOST_LATE_MILLISECONDS: Final = 50.0
MOST_UNSEEN_SECONDS: Final = 1.0
MOST_GROWTH: Final = 1.3
SLOWEST_CONNECTION: Final = 0.9
"""Seconds; a SYN that was dropped is sent again after one."""

ANSWERS: Final = {
    "deep": "10.200.0.1",
    "long-key": "10.200.0.2",
    "long-name": "10.210.0.1",
    "many-ports": "10.200.0.4",
    "odd-port": "10.215.0.1",
    "odd-zeros": "10.215.1.1",
    "odd-mapped": "10.215.2.1",
    "odd-address": "10.215.3.1",
}
"""What the hostile tenant's objects say, as they are at turn 0."""

DONE: Final = ("bursts", "mute connections", "malformed requests", "dear questions")
GIVEN_SECONDS: Final = 5.0


class Row(NamedTuple):
    """A figure, what is promised, and whether that was held."""

    what: str
    found: str
    goal: str
    held: bool


def rows(outcome: Outcome, *, steady: float) -> Iterator[Row]:
    polite, seen, client = (outcome.said[name] for name in ("polite", "neighbour", "client"))
    yield Row("polite client: lost", f"{polite['lost']:,} of {polite['asked']:,}", "0", not polite["lost"])
    yield Row("polite client: wrong", f"{polite['wrong']:,}", "0", not polite["wrong"])
    later = f"{polite['later']:.1f} ms ({polite['late']:,} answers over 50 ms)"
    within = polite["later"] <= MOST_LATE_MILLISECONDS
    yield Row("polite client: most beyond the echo", later, "≤ 50 ms", within)
    changes = f"{seen['most']:.2f} s, median {seen['median'] * 1e3:.0f} ms, {seen['changes']} changes"
    yield Row("others' changes seen", changes, "≤ 1 s", seen["most"] <= MOST_UNSEEN_SECONDS)
    growth = outcome.peak / steady
    grown = f"{growth:.2f} x {steady:.0f} MB"
    yield Row("resident memory at most", grown, "≤ 1.3 x", growth <= MOST_GROWTH)
    bursts = f"{client['refused']} without an answer, slowest {client['slowest']:.2f} s"
    fine = not client["refused"] and client["slowest"] <= SLOWEST_CONNECTION
    yield Row("bursts of connections", bursts, "0, ≤ 0.9 s", fine)


def remarks(outcome: Outcome) -> Iterator[str]:
    """Figures without a promise."""
    polite, client = outcome.said["polite"], outcome.said["client"]
    times = f"median {polite['median']:.2f} ms, p99 {polite['p99']:.1f}, most {polite['most']:.0f}"
    echoes = f"p99 {polite['echo_p99']:.1f}, most {polite['echo_most']:.0f}"
    yield f"polite client: {times}; echo: {echoes}"
    yield f"hostile tenant: {outcome.said['tenant']['changes']:,} changes"
    done = ", ".join(
        f"{int(count):,} {what}" for what, count in client.items() if " " in what or what == "bursts"
    )
    yield f"hostile client: {done}; {client['mute']:,} mute connections open at most"
    yield f"the server's share of its core: {outcome.share:.0%}"


def answers(asker: Asker, parts: Container[str]) -> Row:
    """Whether the good parts of the hostile tenant's objects are served."""
    wrong = [name for name, address in ANSWERS.items() if name in parts and not _is(asker, name, address)]
    found = f"not those of {', '.join(wrong) or 'none'}"
    return Row("odd objects: good parts served", found, "all", not wrong)


def left_out(ready_port: int, parts: Container[str]) -> Row:
    """Whether `/ready` says of which objects something was left out."""
    page = _page(f"http://127.0.0.1:{ready_port}/ready")
    missing = [name for name in LEFT_OUT if name in parts and f"{NAMESPACE}/{name}" not in page]
    found = f"not named: {', '.join(missing) or 'none'}"
    return Row("/ready names what was left out", found, "all", not missing)


def _page(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=GIVEN_SECONDS) as reply:
            return str(reply.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return str(error.read().decode())
    except OSError as error:
        return f"no page: {error}"


def _is(asker: Asker, name: str, address: str) -> bool:
    return asker.until(expected(f"{name}.{NAMESPACE}", address), seconds=GIVEN_SECONDS) is not None
