"""The server asks for its own page each second, and tells how that went."""

import asyncio

import pytest

from clusterdns.corefile import Position
from clusterdns.telemetry.metrics import Metrics
from clusterdns.testing.contexts import Clock
from clusterdns.testing.metrics import values
from clusterdns.web import Page, WebAddress, WebListener, WebRequest
from clusterdns_plugins.health.selfcheck import SelfCheck, ask

DURATIONS = "coredns_health_request_duration_seconds"
FAILURES = "coredns_health_request_failures_total"


class Probe:
    """Takes `seconds` on the clock and raises `error`, if there is one. `checked` is set after one check."""

    def __init__(self, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.clock = Clock()
        self.slept: list[float] = []
        self.checked = asyncio.Event()
        self._seconds, self._error = seconds, error

    async def __call__(self) -> None:
        self.clock.advance(self._seconds)
        await asyncio.sleep(0)
        if self._error is not None:
            raise self._error

    async def sleep(self, seconds: float) -> None:
        if self.slept:
            self.checked.set()
            await asyncio.Event().wait()
        self.slept.append(seconds)


async def check(probe: Probe) -> Metrics:
    """Let one check pass."""
    metrics = Metrics()
    async with SelfCheck(probe, metrics, sleep=probe.sleep, monotonic=lambda: probe.clock.now):
        await probe.checked.wait()
    return metrics


async def test_each_second_one_check_is_counted() -> None:
    probe = Probe()
    metrics = await check(probe)
    assert probe.slept == [1.0]
    assert values(metrics) == {DURATIONS: 1, FAILURES: 0}


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(OSError("refused"), "the own health check failed: refused", id="refused"),
        pytest.param(TimeoutError(), "the own health check failed: TimeoutError", id="late"),
    ],
)
async def test_a_failure_is_counted_and_logged(
    error: Exception, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = await check(Probe(error=error))
    assert values(metrics) == {DURATIONS: 1, FAILURES: 1}
    assert caplog.messages == [text]


async def test_a_slow_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    metrics = await check(Probe(seconds=1.5))
    assert values(metrics) == {DURATIONS: 1, FAILURES: 0}
    assert caplog.messages == ["the own health check took 1.500s"]


def test_its_buckets_are_those_of_coredns() -> None:
    metrics = Metrics()
    SelfCheck(Probe(), metrics)
    bounds = {family.name: family.description.bounds for family in metrics.families()}
    assert bounds[DURATIONS] == (0.00025, 0.0025, 0.025, 0.25, 2.5)


async def page(_request: WebRequest) -> Page:
    return Page(body=b"OK")


@pytest.mark.parametrize("host", ["127.0.0.1", ""])
async def test_a_listener_of_this_process_is_asked(host: str) -> None:
    listener = WebListener(WebAddress(host=host, port=0, position=Position("Corefile", 1, 1)))
    listener.add("/health", page)
    async with listener:
        await ask(listener, "/health")
        with pytest.raises(OSError, match=r"/x is answered HTTP/1\.1 404"):
            await ask(listener, "/x")
    with pytest.raises(ConnectionRefusedError):
        await ask(listener, "/health")
