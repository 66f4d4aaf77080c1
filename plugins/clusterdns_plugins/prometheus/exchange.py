"""What is told of any query that was answered."""

from typing import Protocol

from clusterdns.plugin import Client

__all__ = ["Exchange"]


class Exchange(Protocol):
    """A query and its reply: who asked whom, and both packets whole."""

    @property
    def client(self) -> Client:
        """Who asked."""
        ...

    @property
    def server(self) -> str:
        """Which listener."""
        ...

    @property
    def request(self) -> bytes:
        """The query."""
        ...

    @property
    def reply(self) -> bytes:
        """The reply."""
        ...
