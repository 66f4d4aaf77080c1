"""Checking a configuration without serving it."""

from clusterdns.capabilities import Checkable
from clusterdns.configuration.settings import Configuration
from clusterdns.corefile import Problems
from clusterdns.server.building import build
from clusterdns.server.interfaces import read_interfaces
from clusterdns.server.listeners import plan

__all__ = ["check", "parts_of"]


def check(configuration: Configuration) -> None:
    """Build everything and read what would be read at start; bind and watch nothing.

    Raises:
        CorefileErrors: everything that is wrong.
    """
    problems = Problems()
    for part in parts_of(configuration):
        if isinstance(part, Checkable):
            with problems.caught():
                part.check()
    problems.raise_if_any()


def parts_of(configuration: Configuration) -> tuple[object, ...]:
    """All backends and plugins' parts, built and not started, for who looks for a capability.

    Raises:
        CorefileErrors: everything that cannot be built.
    """
    interfaces = read_interfaces()
    built = build(plan(configuration, interfaces), interfaces)
    return (*built.backends, *built.parts)
