"""Connections by client, so that room for one more is made by a client that has the most."""

from collections.abc import Iterator, Mapping
from typing import Generic, Protocol, TypeVar

__all__ = ["Clients", "OfClient"]


class OfClient(Protocol):
    """A connection of one client. Compared by identity."""

    def __hash__(self) -> int:
        """Identity."""
        ...

    @property
    def client(self) -> str:
        """The client's address, always the same."""
        ...


T = TypeVar("T", bound=OfClient)


class Clients(Generic[T]):
    """Connections by client, and clients by the number of their connections.

    Both are kept in the order in which they were added or renewed, the longest unused first. Each operation
    takes the same time however many connections there are.
    """

    def __init__(self) -> None:
        self._of: dict[str, dict[T, None]] = {}
        self._having: dict[int, dict[str, None]] = {}
        self._most = 0
        self._count = 0

    def add(self, connection: T) -> None:
        """Count `connection`, which is not counted yet."""
        held = self._of.setdefault(connection.client, {})
        held[connection] = None
        self._count += 1
        self._move(connection.client, len(held) - 1, len(held))
        self._most = max(self._most, len(held))

    def remove(self, connection: T) -> None:
        """Count `connection` no more, if it was."""
        held = self._of.get(connection.client)
        if held is None or connection not in held:
            return
        del held[connection]
        self._count -= 1
        self._move(connection.client, len(held) + 1, len(held))
        if not held:
            del self._of[connection.client]
        if self._most not in self._having:
            self._most -= 1

    def renew(self, connection: T) -> None:
        """Note that `connection`, if it is counted, was used just now."""
        held = self._of.get(connection.client)
        if held is None or connection not in held:
            return
        held[connection] = held.pop(connection)
        self._move(connection.client, len(held), len(held))

    def heaviest(self) -> Mapping[T, None]:
        """The connections of the client that has the most; of several such clients the longest unused."""
        if not self._most:
            return {}
        return self._of[next(iter(self._having[self._most]))]

    def __iter__(self) -> Iterator[T]:
        return (connection for held in self._of.values() for connection in held)

    def __len__(self) -> int:
        return self._count

    def _move(self, client: str, before: int, after: int) -> None:
        """Put `client` last among those with `after` connections."""
        if before:
            del self._having[before][client]
            if not self._having[before]:
                del self._having[before]
        if after:
            self._having.setdefault(after, {})[client] = None
