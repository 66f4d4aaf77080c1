"""A measured figure, and the parts that measure."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.watch.lab import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value as text, and whether it meets the aim."""

    text: str
    within: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One row: what is measured, the aim, and how.

    slow: it takes minutes and is left out unless asked for. peer: CoreDNS is measured, too.
    """

    name: str
    what: str
    aim: str
    measure: Callable[[Place], Figure]
    slow: bool = False
    peer: bool = True


def seconds(found: float | None, *, aim: float, given: float) -> Figure:
    """A duration; None: it did not come within `given` seconds."""
    if found is None:
        return Figure(text=f"not in {given:.0f} s", within=False)
    return Figure(text=f"{found:.2f} s", within=found <= aim)
