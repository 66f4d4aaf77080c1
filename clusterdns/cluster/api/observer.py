"""The observer of requests, by which telemetry counts them without this package importing metrics."""

from typing import Protocol

FAILED = "<error>"
"""The code of a request that got no answer, as client-go's metrics have it."""


class Observer(Protocol):
    """Receives figures of each request. host: `name:port`. verb: the HTTP method. code: digits or FAILED."""

    def waited(self, verb: str, host: str, *, seconds: float) -> None:
        """The rate limit or the bound on requests at the same time held a request back so long; 0 often."""
        ...

    def answered(self, verb: str, host: str, *, code: str, seconds: float) -> None:
        """The headers of an answer came, or it is known that none will; so long after the request."""
        ...

    def received(self, host: str, *, octets: int) -> None:
        """So many octets of bodies came, as they travelled: before they were decompressed."""
        ...


class NoRequestObserver:
    """An observer that observes nothing."""

    def waited(self, verb: str, host: str, *, seconds: float) -> None:
        pass

    def answered(self, verb: str, host: str, *, code: str, seconds: float) -> None:
        pass

    def received(self, host: str, *, octets: int) -> None:
        pass
