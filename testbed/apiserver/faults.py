"""Faults of requests, and the plan of the requests that meet them."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

from testbed.apiserver.records import Request
from testbed.apiserver.statuses import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A Status; `in_stream` makes it an ERROR event after a 200, where the request is a watch.

    status: None for the version that the request names being too large.
    """

    status: Status | None
    in_stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """A code, headers and a text, as proxies and overloaded servers send."""

    code: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The body ends in the middle, its end marked as if it were whole if `clean`."""

    clean: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """The body comes in pieces of `size` octets, `delay` seconds apart."""

    size: int = 1
    delay: float = 0.0


class Silence(Enum):
    """How to say nothing: 200 and no body, no answer at all, a reset connection."""

    EMPTY = auto()
    UNANSWERED = auto()
    RESET = auto()


class Streaming(Enum):
    """A fault of streaming lists. Other requests are left alone."""

    REFUSED = auto()
    IGNORED = auto()
    UNFINISHED = auto()


Fault: TypeAlias = Failure | PlainText | Cut | Slow | Silence | Streaming


@dataclass(slots=True, kw_only=True)
class Plan:
    """A fault and the requests it meets: those that match, but the first `after`, then `times` of them."""

    fault: Fault
    verb: str = ""
    resource: str = ""
    namespace: str | None = None
    after: int = 0
    times: int | None = 1

    def concerns(self, request: Request) -> bool:
        """Whether a request counts for it."""
        if isinstance(self.fault, Streaming) and "sendInitialEvents" not in request.params:
            return False
        return request.matches(self.verb, self.resource, namespace=self.namespace)

    def is_due(self) -> bool:
        """Count one request that it concerns; whether the fault may meet it."""
        if self.after:
            self.after -= 1
            return False
        return True


class Plans:
    """The faults that are planned. A request meets one at most, and plans with an end go first."""

    def __init__(self) -> None:
        self.pending: list[Plan] = []

    def add(self, plan: Plan) -> None:
        """Plan a fault."""
        self.pending.append(plan)

    def meet(self, request: Request) -> Fault | None:
        """The fault that a request meets, None for none."""
        due = [plan for plan in self.pending if plan.concerns(request) and plan.is_due()]
        if not due:
            return None
        plan = min(due, key=lambda one: one.times is None)
        if plan.times is not None:
            plan.times -= 1
            if plan.times <= 0:
                self.pending.remove(plan)
        return plan.fault

    def clear(self) -> None:
        """Forget all."""
        self.pending.clear()
