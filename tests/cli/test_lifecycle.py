"""From start to stop, with a server that can be held up anywhere."""

import asyncio
import signal
import threading
from contextlib import nullcontext
from types import TracebackType
from typing import Self

import pytest

from clusterdns.cli.lifecycle import GRACE, run_until_asked
from clusterdns.cli.signals import Signals


class Bug(Exception):
    """What a plugin may raise."""


class FakeServer:
    """Notes what is done with it. `slow_start` and `slow_stop` never end of themselves."""

    def __init__(
        self,
        *,
        slow_start: bool = False,
        slow_stop: bool = False,
        bug: bool = False,
        lameduck_seconds: float = 0.0,
    ) -> None:
        self._lameduck_seconds = lameduck_seconds
        self.done: list[str] = []
        self.entering = asyncio.Event()
        self.stopping = asyncio.Event()
        self._slow_start, self._slow_stop, self._bug = slow_start, slow_stop, bug

    async def __aenter__(self) -> Self:
        self.entering.set()
        if self._slow_start:
            await asyncio.Event().wait()
        self.done.append("start")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.done.append("leave")

    async def wait_failed(self) -> None:
        if self._bug:
            raise Bug
        await asyncio.Event().wait()

    @property
    def lameduck_seconds(self) -> float:
        return self._lameduck_seconds

    async def lameduck(self) -> None:
        self.done.append("lameduck")

    async def stop(self, grace: float) -> None:
        self.done.append(f"stop within {grace:g} s")
        self.stopping.set()
        if self._slow_stop:
            await asyncio.Event().wait()


def end(status: int) -> None:
    """Stand for the end of the process, which no test here comes to."""
    pytest.fail(f"ended with {status}")


async def run(server: FakeServer, *numbers: signal.Signals) -> None:
    """Run `server` and send it `numbers` once it has started."""

    def started() -> None:
        server.done.append("started")
        for number in numbers:
            signal.raise_signal(number)

    with Signals(end) as signals:
        await run_until_asked(server, signals, started=started)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_is_followed_by_lameduck_stop_within_grace_and_leave(
    number: signal.Signals,
) -> None:
    server = FakeServer()
    await run(server, number)
    assert server.done == ["start", "started", "lameduck", f"stop within {GRACE:g} s", "leave"]


async def test_a_signal_cuts_a_slow_start_short() -> None:
    server = FakeServer(slow_start=True)
    running = asyncio.create_task(run(server))
    await server.entering.wait()
    signal.raise_signal(signal.SIGTERM)
    await running
    assert server.done == []


async def test_a_bug_that_shall_end_the_process_is_raised_after_leaving() -> None:
    server = FakeServer(bug=True)
    with pytest.raises(Bug):
        await run(server)
    assert server.done == ["start", "started", "leave"]


async def test_cancellation_by_others_is_no_signal() -> None:
    running = asyncio.create_task(run(server := FakeServer()))
    await server.entering.wait()
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert server.done[-1] == "leave"


class Ending:
    """Where the process would end: the status and in which thread, once it would."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.calls: list[tuple[int, bool]] = []

    def __call__(self, status: int) -> None:
        self.calls.append((status, threading.current_thread() is threading.main_thread()))
        self.ended.set()


@pytest.mark.parametrize(
    ("lameduck_seconds", "watched_seconds", "given_up"),
    [pytest.param(0.0, 10.0, True, id="none"), pytest.param(60.0, 0.1, False, id="long")],
)
async def test_the_lameduck_time_is_not_taken_from_the_time_to_stop(
    lameduck_seconds: float, watched_seconds: float, *, given_up: bool
) -> None:
    server = FakeServer(slow_stop=True, lameduck_seconds=lameduck_seconds)
    ending = Ending()
    with Signals(ending) as signals:
        running = asyncio.create_task(
            run_until_asked(
                server, signals, started=lambda: signal.raise_signal(signal.SIGTERM), longest_stop=0.01
            )
        )
        await server.stopping.wait()
        assert await asyncio.to_thread(ending.ended.wait, watched_seconds) == given_up
        running.cancel()
        await running


async def test_a_server_that_does_not_stop_is_left_to_itself(caplog: pytest.LogCaptureFixture) -> None:
    server, ending = FakeServer(slow_stop=True), Ending()
    with Signals(ending) as signals:
        running = asyncio.create_task(
            run_until_asked(
                server, signals, started=lambda: signal.raise_signal(signal.SIGTERM), longest_stop=0.01
            )
        )
        assert await asyncio.to_thread(ending.ended.wait, 10)
        running.cancel()
        await running
    assert ending.calls == [(0, False)]
    assert "the server did not stop in time; ending without it" in caplog.messages


@pytest.mark.parametrize(
    ("server", "raised", "status"),
    [
        pytest.param({}, None, 0, id="after-a-signal"),
        pytest.param({"bug": True}, Bug, 1, id="after-a-bug"),
    ],
)
async def test_what_follows_the_server_may_not_take_for_ever_either(
    server: dict[str, bool], raised: type[Exception] | None, status: int
) -> None:
    def started() -> None:
        if raised is None:
            signal.raise_signal(signal.SIGTERM)

    ending = Ending()
    with Signals(ending) as signals:
        running = run_until_asked(FakeServer(**server), signals, started=started, longest_stop=0.01)
        with pytest.raises(raised) if raised else nullcontext():
            await running
        assert await asyncio.to_thread(ending.ended.wait, 10)
    assert ending.calls == [(status, False)]


async def test_a_main_thread_that_is_held_up_does_not_prolong_it() -> None:
    ending = Ending()

    def hold_up() -> None:
        signal.raise_signal(signal.SIGTERM)
        assert ending.ended.wait(10)  # blocks the event loop

    with Signals(ending) as signals:
        await run_until_asked(FakeServer(), signals, started=hold_up, longest_stop=0.01)
    assert ending.calls == [(0, False)]
