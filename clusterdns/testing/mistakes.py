"""Mistakes of plugins that nothing would tell of while a server runs."""

from collections.abc import Iterable

__all__ = ["Mistake", "raise_any"]


class Mistake(AssertionError):
    """A plugin did what it must not do. The text has its place in the Corefile, its name, and what it was."""


def raise_any(mistakes: Iterable[str]) -> None:
    """Raise a Mistake with a line for each, if there is one."""
    lines = tuple(mistakes)
    if lines:
        raise Mistake("\n".join(lines))
