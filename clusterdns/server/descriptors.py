"""How many files and connections the process may have open."""

import resource

__all__ = ["most_connections", "raise_limit"]

RESERVED = 256
"""Descriptors kept for everything that is not a client's connection."""

MOST_CONNECTIONS = 20_000
"""TCP connections at the most, however many descriptors there are."""


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one, as far as the kernel allows; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError):  # some kernels refuse an unlimited hard limit: the soft one stays
        return soft
    return hard


def most_connections(descriptors: int) -> int:
    """How many TCP connections `descriptors` open files leave room for (Knot: half of them)."""
    return max(16, min(MOST_CONNECTIONS, descriptors // 2, descriptors - RESERVED))
