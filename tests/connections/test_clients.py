"""Whose connections make room: those of a client with the most of them, the longest unused first."""

import random
from collections import Counter
from dataclasses import dataclass

import pytest

from clusterdns.connections.clients import Clients


@dataclass(frozen=True, eq=False)
class Connection:
    client: str


def test_the_client_with_the_most_connections_is_the_heaviest() -> None:
    clients = Clients[Connection]()
    assert not clients.heaviest()
    few, many = Connection("few"), [Connection("many") for _ in range(3)]
    for connection in (few, *many):
        clients.add(connection)
    assert list(clients.heaviest()) == many
    for connection in many[:2]:
        clients.remove(connection)
    assert list(clients.heaviest()) == [few]
    assert len(clients) == 2


@pytest.mark.parametrize("renewed", [0, 1])
def test_among_equals_the_longest_unused_comes_first(renewed: int) -> None:
    clients = Clients[Connection]()
    connections = [Connection("one"), Connection("other")]
    for connection in connections:
        clients.add(connection)
    clients.renew(connections[renewed])
    assert list(clients.heaviest()) == [connections[1 - renewed]]


def test_of_one_client_the_longest_unused_connection_comes_first() -> None:
    clients = Clients[Connection]()
    first, second = Connection("one"), Connection("one")
    clients.add(first)
    clients.add(second)
    clients.renew(first)
    assert list(clients.heaviest()) == [second, first]


def test_what_is_not_counted_can_be_removed_and_renewed_to_no_effect() -> None:
    clients = Clients[Connection]()
    known = Connection("one")
    clients.add(known)
    for stranger in (Connection("one"), Connection("other")):
        clients.remove(stranger)
        clients.renew(stranger)
    assert list(clients) == [known]


def test_after_any_changes_the_heaviest_is_one_with_the_most() -> None:
    chance, clients, held = random.Random(1), Clients[Connection](), list[Connection]()
    for _ in range(2000):
        if held and chance.random() < 0.45:
            clients.remove(held.pop(chance.randrange(len(held))))
        else:
            held.append(Connection(str(chance.randrange(10))))
            clients.add(held[-1])
        numbers = Counter(connection.client for connection in held)
        assert len(clients.heaviest()) == max(numbers.values(), default=0)
        assert len(clients) == len(held)
