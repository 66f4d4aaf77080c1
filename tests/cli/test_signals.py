"""What signals do."""

import signal
import threading

import pytest

from clusterdns.cli.signals import Signals


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
    with signals.asking(lambda: asked.append("stop")), signals:
        signal.raise_signal(number)
    assert (asked, ended.statuses) == (["stop"], [])


@pytest.mark.parametrize(
    ("numbers", "statuses"),
    [
        pytest.param([signal.SIGINT, signal.SIGINT], [2], id="a-second-interrupt-ends-at-once"),
        pytest.param([signal.SIGTERM, signal.SIGTERM], [], id="a-second-term-does-not"),
        pytest.param([signal.SIGTERM, signal.SIGINT], [], id="nor-does-the-first-interrupt-after-a-term"),
        pytest.param([signal.SIGTERM, signal.SIGINT, signal.SIGINT], [2], id="but-the-second-does"),
        pytest.param([signal.SIGQUIT], [0], id="quit-ends-at-once"),
        pytest.param([signal.SIGHUP], [], id="hup-is-ignored"),
        pytest.param([signal.SIGUSR1], [], id="usr1-does-not-end-it"),
        pytest.param([signal.SIGUSR2], [], id="usr2-does-not-end-it"),
    ],
)
def test_while_it_runs(ended: Ended, numbers: list[signal.Signals], statuses: list[int]) -> None:
    signals = Signals(ended)
    with signals.asking(lambda: None), signals:
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
    with signals.asking(heard.set), signals:
        signal.raise_signal(signal.SIGTERM)
        assert heard.wait(10)


def test_nobody_is_asked_after_the_body() -> None:
    ended, asked = Ended(), Ended()
    with Signals(ended) as signals:
        with signals.asking(lambda: asked(1)):
            pass
        signal.raise_signal(signal.SIGTERM)
    assert (asked.statuses, ended.statuses) == ([], [0])
