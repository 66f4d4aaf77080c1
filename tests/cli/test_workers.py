"""The threads that a server's loop waits in, and its end, which waits for none of them."""

import asyncio
import logging
import threading
from collections.abc import Coroutine, Iterator
from functools import partial
from typing import Any

import pytest

from clusterdns.cli.workers import Workers, WorkersLoop
from clusterdns.threads import NoThreadError


def run(main: Coroutine[Any, Any, None], workers: Workers) -> None:
    with asyncio.Runner(loop_factory=partial(WorkersLoop, workers)) as runner:
        runner.run(main)


@pytest.fixture
def hung() -> Iterator[threading.Event]:
    """What a thread may hang in until the test is over."""
    event = threading.Event()
    yield event
    event.set()


def allow(monkeypatch: pytest.MonkeyPatch, most: int) -> list[threading.Thread]:
    """Let the system start so many threads from now on, which are returned as they start."""
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def limited(thread: threading.Thread) -> None:
        if len(started) >= most:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    return started


def test_the_end_waits_for_no_thread(hung: threading.Event) -> None:
    cancelled: list[str] = []

    async def hang() -> None:
        waiting = asyncio.create_task(asyncio.to_thread(hung.wait))
        await asyncio.sleep(0)
        waiting.cancel()
        try:
            await waiting
        except asyncio.CancelledError:
            cancelled.append("told at once")

    workers = Workers(1)
    workers.start()
    run(hang(), workers)
    assert (cancelled, hung.is_set()) == (["told at once"], False)


def test_no_thread_is_started_while_it_runs(monkeypatch: pytest.MonkeyPatch, hung: threading.Event) -> None:
    started = allow(monkeypatch, 2)
    workers = Workers(2)
    workers.start()

    async def work() -> list[int]:
        hanging = asyncio.create_task(asyncio.to_thread(hung.wait))
        found = await asyncio.gather(*(asyncio.to_thread(lambda value: value, number) for number in range(9)))
        hanging.cancel()
        return found

    async def main() -> None:
        assert await work() == list(range(9))
        assert all(thread.daemon for thread in started)

    run(main(), workers)
    assert len(started) == 2


def test_what_a_call_raises_is_raised_where_it_is_awaited() -> None:
    workers = Workers(1)
    workers.start()

    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)

    run(main(), workers)


def test_threads_end_with_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    started = allow(monkeypatch, 3)
    workers = Workers(3)
    workers.start()
    run(asyncio.sleep(0), workers)
    for thread in started:
        thread.join(10)
    assert [thread.is_alive() for thread in started] == [False] * 3


def test_fewer_threads_than_wanted_are_said_and_do(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    allow(monkeypatch, 1)
    workers = Workers(4)
    workers.start()
    assert workers.submit(lambda: "done").result(10) == "done"
    workers.shutdown()
    assert caplog.messages[0].startswith("going on with 1 threads of 4: ")


def test_none_at_all_is_an_error_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, 0)
    with pytest.raises(
        NoThreadError, match=r'"worker 0" cannot be started: can.t start new thread; expected room'
    ):
        Workers(4).start()
