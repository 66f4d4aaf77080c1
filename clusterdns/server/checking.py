"""Checking a configuration without serving it."""

from clusterdns.answering.origin import failing_as
from clusterdns.capabilities import Checkable
from clusterdns.configuration.settings import Configuration
from clusterdns.corefile import Problems
from clusterdns.server.backends import Backends
from clusterdns.server.building import Built, build
from clusterdns.server.interfaces import read_interfaces
from clusterdns.server.listeners import plan
from clusterdns.telemetry.metrics import Metrics

__all__ = ["check", "parts_of"]


def check(configuration: Configuration) -> None:
    """Build everything and read what would be read at start; bind and watch nothing.

    Raises:
        CorefileErrors: everything that is wrong.
    """
    problems = Problems()
    for origin, part, _ in _built(configuration).owned:
        if isinstance(part, Checkable) and origin is not None:
            with problems.caught(), failing_as(origin, "check"):
                part.check()
    problems.raise_if_any()


def parts_of(configuration: Configuration) -> tuple[object, ...]:
    """All backends and plugins' parts, built and not started, to be searched for a capability.

    Raises:
        CorefileErrors: everything that cannot be built.
    """
    return _built(configuration).everything


def _built(configuration: Configuration) -> Built:
    interfaces = read_interfaces()
    return build(plan(configuration, interfaces), interfaces, Backends({Metrics: Metrics()}).lease())
