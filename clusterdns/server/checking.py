"""Checking a configuration without serving it."""

from typing import Protocol, runtime_checkable

from clusterdns.configuration import Configuration
from clusterdns.corefile import Problems
from clusterdns.server.building import build
from clusterdns.server.interfaces import read_interfaces
from clusterdns.server.listeners import plan

__all__ = ["Checkable", "check"]


@runtime_checkable
class Checkable(Protocol):
    """A backend or a plugin's part that can read its input to see whether it could start."""

    def check(self) -> None:
        """Read the input and start nothing.

        Raises:
            CorefileError, CorefileErrors: it is missing or wrong.
        """


def check(configuration: Configuration) -> None:
    """Build everything and read what would be read at start; bind and watch nothing.

    Raises:
        CorefileErrors: everything that is wrong.
    """
    interfaces = read_interfaces()
    built = build(plan(configuration, interfaces), interfaces)
    problems = Problems()
    for part in (*built.backends, *built.parts):
        if isinstance(part, Checkable):
            with problems.caught():
                part.check()
    problems.raise_if_any()
