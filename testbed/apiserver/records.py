"""The requests that the server got."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

MOST_REQUESTS = 100_000
"""Requests that are remembered; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came.

    time: by the server's clock, seconds.
    verb: `get`, `list` or `watch`; the HTTP method in small letters where the path names no resource.
    resource: the plural (`services`), or the path where it names none.
    namespace: "" for all namespaces and for what is in none.
    params: the query's parameters.
    """

    time: float
    verb: str
    resource: str
    namespace: str
    name: str
    params: Mapping[str, str]
    user_agent: str
    authorization: str
    accept: str

    def matches(self, verb: str, resource: str, *, namespace: str | None = None) -> bool:
        """Whether it is of this verb, resource and namespace; "" and None are any."""
        return (
            verb in {"", self.verb}
            and resource in {"", self.resource}
            and (namespace is None or namespace == self.namespace)
        )


class Records:
    """The requests so far, oldest first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.all: list[Request] = []

    def add(self, request: Request) -> None:
        """Remember one."""
        self.all.append(request)
        if len(self.all) > MOST_REQUESTS:
            del self.all[: MOST_REQUESTS // 10]

    def select(self, verb: str, resource: str, *, namespace: str | None) -> list[Request]:
        """The requests of a verb, resource and namespace."""
        return [one for one in self.all if one.matches(verb, resource, namespace=namespace)]
