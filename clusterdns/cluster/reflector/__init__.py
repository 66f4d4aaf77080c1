"""Keeping a table in step with an API server, by lists and watches.

    settings.py ─▶ resources.py: what is asked for, each with its selectors      nothing else is
                        │ one each
                        ▼
    reflector.py ── streaming list or pages ──▶ difference ──▶ gathering.py ──▶ the table, in steps
        │  ▲                                                       ▲
        │  └── watch: events, bookmarks, silence ──▶ changes ──────┘
        ▼
    backoffs.py (delays after failures) · freshness.py (age of the data) · observer.py (latencies)

A resourceVersion is compared for equality only. Nothing here waits by another clock than the event loop's,
so tests run hours in moments.
"""

from clusterdns.cluster.reflector.health.freshness import Freshness, ResourceFreshness
from clusterdns.cluster.reflector.observer import Observer
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.reflector.settings import SourceSettings
from clusterdns.cluster.reflector.source import ApiSource
from clusterdns.cluster.selection import Selection

__all__ = [
    "ApiSource",
    "Freshness",
    "Observer",
    "Resource",
    "ResourceFreshness",
    "Selection",
    "SourceSettings",
]
