"""The time-outs of the client."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. connect: name, TCP and TLS together. headers: from a request, connecting included, to the
    answer's headers. body: between two pieces of a whole answer. Streams have no other: whether they
    are silent for too long is decided by their readers.

    A request without an answer is to be made again within a minute, and a little is waited before that.
    """

    connect: float = 10.0
    headers: float = 55.0
    body: float = 55.0
