"""How many files and connections the process may have open."""

import resource

__all__ = ["most_connections", "most_page_connections", "raise_limit"]

RESERVED = 256
"""Descriptors kept for everything that is not a client's connection."""

MOST_CONNECTIONS = 20_000
"""TCP connections at the most, however many descriptors there are."""

MOST_PAGE_CONNECTIONS = 64
"""Connections to one listener of pages: some probes and some who collect metrics, and a margin."""

FEWEST = 4
"""Connections of either kind at the least, however few descriptors there are."""


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
    rest = max(descriptors - RESERVED, descriptors // 4)
    return max(FEWEST, min(MOST_CONNECTIONS, descriptors // 2, rest))


def most_page_connections() -> int:
    """How many connections a listener of pages may have, by the limit of open files that holds now.

    There are a few such listeners, and they must leave most of it to queries and files.
    """
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(FEWEST, min(MOST_PAGE_CONNECTIONS, descriptors // 16))
