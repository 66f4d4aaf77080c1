"""What signals do."""

import os
import signal
import threading

import pytest

from clusterdns.cli.signals import Signals
from clusterdns.threads import NoThreadError


class Ended:
    """Where the process would end; statuses in their order."""

    def __init__(self) -> None:
        self.statuses: list[int] = []

    def __call__(self, status: int) -> None:
        self.statuses.append(status)


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_before_a_server_runs_the_process_ends_well(ended: Ended, number: signal.Signals) -> None:
    with Signals(ended):
        signal.raise_signal(number)
    assert ended.statuses == [0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_server_is_asked_to_stop(ended: Ended, number: signal.Signals) -> None:
    asked: list[str] = []
    signals = Signals(ended)
    with signals.asking(lambda: asked.append("stop"), lambda: 60.0), signals:
        signal.raise_signal(number)
    assert (asked, ended.statuses) == (["stop"], [])


@pytest.mark.parametrize(
    ("numbers", "statuses"),
    [
        pytest.param([signal.SIGINT, signal.SIGINT], [2], id="a-second-interrupt-ends-at-once"),
        pytest.param([signal.SIGTERM, signal.SIGTERM], [0], id="so-does-a-second-term"),
        pytest.param([signal.SIGTERM, signal.SIGINT], [2], id="and-an-interrupt-after-a-term"),
        pytest.param([signal.SIGINT, signal.SIGTERM], [0], id="and-a-term-after-an-interrupt"),
        pytest.param([signal.SIGQUIT], [0], id="quit-ends-at-once"),
        pytest.param([signal.SIGHUP], [], id="hup-is-ignored"),
        pytest.param([signal.SIGUSR1], [], id="usr1-does-not-end-it"),
        pytest.param([signal.SIGUSR2], [], id="usr2-does-not-end-it"),
    ],
)
def test_while_it_runs(ended: Ended, numbers: list[signal.Signals], statuses: list[int]) -> None:
    signals = Signals(ended)
    with signals.asking(lambda: None, lambda: 60.0), signals:
        for number in numbers:
            signal.raise_signal(number)
    assert ended.statuses == statuses


def test_what_is_not_supported_is_said(ended: Ended, caplog: pytest.LogCaptureFixture) -> None:
    with Signals(ended):
        signal.raise_signal(signal.SIGUSR1)
    assert caplog.messages == ["SIGUSR1 is not supported yet and ignored"]


def test_afterwards_the_handlers_are_as_before(ended: Ended) -> None:
    before = [signal.getsignal(number) for number in signal.Signals]
    with Signals(ended):
        assert [signal.getsignal(number) for number in signal.Signals] != before
    assert [signal.getsignal(number) for number in signal.Signals] == before
    assert signal.set_wakeup_fd(-1) == -1


def test_a_busy_main_thread_does_not_keep_a_signal_waiting() -> None:
    heard = threading.Event()
    signals = Signals(lambda status: None)
    with signals.asking(heard.set, lambda: 60.0), signals:
        signal.raise_signal(signal.SIGTERM)
        assert heard.wait(10)


def test_nobody_is_asked_after_the_body() -> None:
    ended, asked = Ended(), Ended()
    with Signals(ended) as signals:
        with signals.asking(lambda: asked(1), lambda: 60.0):
            pass
        signal.raise_signal(signal.SIGTERM)
    assert (asked.statuses, ended.statuses) == ([], [0])


def test_the_process_is_ended_when_its_time_is_over(ended: Ended, caplog: pytest.LogCaptureFixture) -> None:
    over = threading.Event()

    def end(status: int) -> None:
        ended(status)
        over.set()

    with Signals(end) as signals:
        signals.end_within(0.01, 1)
        signals.end_within(60.0, 0)  # the first decides
        assert over.wait(10)
    assert ended.statuses == [1]
    assert caplog.messages == ["the server did not stop in time; ending without it"]


def test_the_first_signal_begins_the_time_to_end_and_no_other_prolongs_it() -> None:
    over, timers = threading.Event(), list[float]()
    signals = Signals(lambda _status: over.set(), timer=timers.append)
    with signals.asking(lambda: None, lambda: 0.01), signals:
        signal.raise_signal(signal.SIGTERM)
        assert over.wait(10)
        signals.end_within(60.0, 0)
    assert set(timers) == {0.01}


def test_the_system_s_timer_starts_also_if_no_thread_gets_the_interpreter() -> None:
    timers: list[float] = []
    signals = Signals(lambda _status: None, timer=timers.append)
    with signals.asking(lambda: None, lambda: 5.0):
        signals._in_main_thread(signal.SIGTERM, None)
        signals._in_main_thread(signal.SIGHUP, None)
    assert timers == [5.0]


def test_a_bug_while_a_signal_is_handled_does_not_make_deaf(ended: Ended) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    signals = Signals(ended)
    with signals.asking(broken, lambda: 60.0), signals:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
    assert ended.statuses == [0]


def test_a_flood_of_signals_wakes_it_all_the_same(ended: Ended) -> None:
    over = threading.Event()

    def end(status: int) -> None:
        ended(status)
        over.set()

    with Signals(end) as signals:
        for _ in range(70_000):  # more than a pipe holds
            signal.raise_signal(signal.SIGHUP)
        signals.end_within(0.01, 1)
        assert over.wait(10)
    assert ended.statuses == [1]


def test_without_a_thread_it_says_so_and_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    before = (signal.getsignal(signal.SIGTERM), os.listdir("/proc/self/fd"))
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(NoThreadError, match='"signals" cannot be started: can\'t start new thread'):
        Signals(lambda _status: None).__enter__()
    assert (signal.getsignal(signal.SIGTERM), os.listdir("/proc/self/fd")) == before
