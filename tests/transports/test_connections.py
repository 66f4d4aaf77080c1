"""How many connections there may be, which one goes when there are too many, and when time is up."""

import pytest

from clusterdns.connections.bounded import MOST_SWEPT
from clusterdns.transports.connections import IDLE_SECONDS, READ_SECONDS, WRITE_SECONDS, Connections


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeConnection:
    def __init__(self, name: str, ended: list[str]) -> None:
        self.name = name
        self.client = "192.0.2.1"
        self.is_silent = False
        self.octets_held = 0
        self._ended = ended

    def close(self) -> None:
        self._ended.append(f"close {self.name}")

    def abort(self) -> None:
        self._ended.append(f"abort {self.name}")

    def finish(self) -> None:
        self._ended.append(f"finish {self.name}")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ended() -> list[str]:
    return []


def test_an_idle_connection_is_closed_after_its_time(clock: Clock, ended: list[str]) -> None:
    connections = Connections(10, clock)
    connections.add(FakeConnection("a", ended))
    clock.now += IDLE_SECONDS - 0.1
    connections.sweep()
    assert ended == []
    clock.now += 0.1
    connections.sweep()
    assert ended == ["close a"]


def test_a_closed_connection_whose_client_does_not_read_on_is_cut(clock: Clock, ended: list[str]) -> None:
    connections = Connections(10, clock)
    connections.add(FakeConnection("a", ended))
    clock.now += IDLE_SECONDS
    connections.sweep()
    clock.now += WRITE_SECONDS
    connections.sweep()
    assert ended == ["close a", "abort a"]


def test_a_closed_connection_that_is_gone_is_forgotten(clock: Clock, ended: list[str]) -> None:
    connections = Connections(10, clock)
    connection = FakeConnection("a", ended)
    connections.add(connection)
    connections.end(connection)
    connections.remove(connection)
    clock.now += WRITE_SECONDS
    connections.sweep()
    assert ended == ["close a"]


@pytest.mark.parametrize(
    ("state", "seconds"),
    [
        pytest.param("reading", READ_SECONDS, id="incomplete-message"),
        pytest.param("stalled", WRITE_SECONDS, id="replies-not-read"),
    ],
)
def test_a_connection_without_progress_is_cut(
    state: str, seconds: float, clock: Clock, ended: list[str]
) -> None:
    connections = Connections(10, clock)
    connection = FakeConnection("a", ended)
    connections.add(connection)
    connections.idle.disarm(connection)
    getattr(connections, state).arm(connection)
    clock.now += seconds - 0.1
    connections.sweep()
    assert ended == []
    clock.now += 0.1
    connections.sweep()
    assert ended == ["abort a"]


def test_arming_again_gives_the_whole_time_and_arming_once_does_not(clock: Clock, ended: list[str]) -> None:
    connections = Connections(10, clock)
    again, once = FakeConnection("again", ended), FakeConnection("once", ended)
    connections.add(again)
    connections.add(once)
    clock.now += IDLE_SECONDS - 1
    connections.idle.arm(again)
    connections.idle.arm_once(once)
    clock.now += 1
    connections.sweep()
    assert ended == ["close once"]


def test_when_full_the_longest_idle_is_closed_and_the_newcomer_stays(clock: Clock, ended: list[str]) -> None:
    connections = Connections(2, clock)
    first, second = FakeConnection("first", ended), FakeConnection("second", ended)
    connections.add(first)
    connections.add(second)
    connections.idle.arm(first)
    connections.add(FakeConnection("third", ended))
    assert ended == ["abort second"]
    assert len(connections) == 2
    assert connections.evicted == 1


@pytest.mark.parametrize("state", ["reading", "stalled"])
def test_when_full_of_busy_ones_the_one_without_progress_goes(
    state: str, clock: Clock, ended: list[str]
) -> None:
    connections = Connections(2, clock)
    busy, slow = FakeConnection("busy", ended), FakeConnection("slow", ended)
    for connection in (busy, slow):
        connections.add(connection)
        connections.idle.disarm(connection)
    getattr(connections, state).arm(slow)
    connections.add(FakeConnection("new", ended))
    assert ended == ["abort slow"]


def test_when_all_are_answering_the_newcomer_is_refused(clock: Clock, ended: list[str]) -> None:
    connections = Connections(1, clock)
    busy = FakeConnection("busy", ended)
    connections.add(busy)
    connections.idle.disarm(busy)
    connections.add(FakeConnection("new", ended))
    assert ended == ["abort new"]


def test_what_is_removed_is_never_closed(clock: Clock, ended: list[str]) -> None:
    connections = Connections(10, clock)
    connection = FakeConnection("a", ended)
    connections.add(connection)
    connections.remove(connection)
    clock.now += IDLE_SECONDS * 2
    connections.sweep()
    connections.finish()
    connections.abort()
    assert ended == []


def test_many_that_expire_at_once_are_closed_in_pieces(clock: Clock, ended: list[str]) -> None:
    connections = Connections(2 * MOST_SWEPT, clock)
    for number in range(MOST_SWEPT + 1):
        connections.add(FakeConnection(str(number), ended))
    clock.now += IDLE_SECONDS
    assert connections.sweep()
    assert len(ended) == MOST_SWEPT
    assert not connections.sweep()
    assert len(ended) == MOST_SWEPT + 1
