"""`errors { consolidate … }` counts failures of one kind over a period."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from clusterdns.corefile import parse
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import ROOT, Name
from clusterdns.plugin import BackendFailure, Query, Reply
from clusterdns.rows import Noted
from clusterdns.testing.chain import running
from clusterdns.testing.contexts import fake_client
from clusterdns_plugins.errors import plugin
from clusterdns_plugins.errors.handler import Errors


@dataclass
class FakeTimer:
    """A timer that goes off when the test says so."""

    delay: float
    callback: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Timers:
    """All timers set, in place of the event loop."""

    set: list[FakeTimer] = field(default_factory=list)

    def call_later(self, delay: float, callback: Callable[[], None], /) -> FakeTimer:
        self.set.append(FakeTimer(delay, callback))
        return self.set[-1]


def handler(options: str, timers: Timers) -> Errors:
    (directive,) = parse(f". {{\nerrors {{\n{options}\n}}\n}}", environ={}).blocks[0].directives
    return Errors(plugin.parse(directive), call_later=timers.call_later)


async def fail(errors: Errors, text: str) -> None:
    question = Question(Name.from_text("example.org."), 1)

    async def failing(query: Query) -> Reply:
        raise BackendFailure(text)

    query = Query(
        message=Message(question=(question,)),
        question=question,
        client=fake_client(),
        server="dns://:53",
        zone=ROOT,
        noted=Noted(),
    )
    with pytest.raises(BackendFailure):
        await errors(query, failing)


async def test_failures_of_a_kind_become_one_line_after_the_period(caplog: pytest.LogCaptureFixture) -> None:
    timers = Timers()
    errors = handler('consolidate 30s "^no answer"', timers)
    for host in "abc":
        await fail(errors, f"no answer from {host}")
    assert caplog.messages == []
    (timer,) = timers.set
    assert timer.delay == 30.0
    timer.callback()
    assert caplog.messages == ["3 errors like '^no answer' occurred in last 30s"]


async def test_a_period_begins_with_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    timers = Timers()
    errors = handler("consolidate 30s x", timers)
    await fail(errors, "x")
    timers.set[0].callback()
    await fail(errors, "x")
    await fail(errors, "x")
    timers.set[1].callback()
    assert len(timers.set) == 2
    assert caplog.messages == [f"{count} errors like 'x' occurred in last 30s" for count in (1, 2)]


async def test_what_matches_nothing_is_logged_at_once(caplog: pytest.LogCaptureFixture) -> None:
    errors = handler("consolidate 30s ^x$", Timers())
    await fail(errors, "xx")
    assert caplog.messages == ["2 example.org. A: xx"]


async def test_the_first_expression_that_matches_counts(caplog: pytest.LogCaptureFixture) -> None:
    timers = Timers()
    errors = handler("consolidate 5m a info\nconsolidate 1s b debug", timers)
    await fail(errors, "ab")
    await fail(errors, "b")
    with caplog.at_level(logging.DEBUG):
        for timer in timers.set:
            timer.callback()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "1 errors like 'a' occurred in last 5m0s"),
        ("DEBUG", "1 errors like 'b' occurred in last 1s"),
    ]


@pytest.mark.parametrize(
    ("failures", "lines"),
    [
        pytest.param(1, ["2 example.org. A: x"], id="one failure has no summary"),
        pytest.param(
            3, ["2 example.org. A: x", "3 errors like 'x' occurred in last 1s"], id="the first counts, too"
        ),
    ],
)
async def test_show_first_logs_the_first_at_once(
    failures: int, lines: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    timers = Timers()
    errors = handler("consolidate 1s x warning show_first", timers)
    for _ in range(failures):
        await fail(errors, "x")
    timers.set[0].callback()
    assert caplog.messages == lines
    assert {record.levelname for record in caplog.records} == {"WARNING"}


async def test_open_periods_are_logged_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    timers = Timers()
    async with handler("consolidate 1h x", timers) as errors:
        await fail(errors, "x")
    assert caplog.messages == ["1 errors like 'x' occurred in last 1h0m0s"]
    assert timers.set[0].cancelled


async def test_a_failure_after_the_end_is_logged_on_its_own(caplog: pytest.LogCaptureFixture) -> None:
    async with handler("consolidate 1h x", Timers()) as errors:
        pass
    await fail(errors, "x")
    assert caplog.messages == ["2 example.org. A: x"]


async def test_a_negative_period_ends_at_once() -> None:
    timers = Timers()
    await fail(handler("consolidate -1s x", timers), "x")
    assert timers.set[0].delay == 0.0


async def test_the_event_loop_keeps_the_time(caplog: pytest.LogCaptureFixture) -> None:
    async with running(". {\n errors {\n consolidate 1h no.next.plugin\n }\n}", plugin) as chain:
        for _ in range(2):
            with pytest.raises(BackendFailure):
                await chain.ask("example.org.")
    assert caplog.messages == ["2 errors like 'no.next.plugin' occurred in last 1h0m0s"]
