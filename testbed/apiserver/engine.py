"""The parts that serve requests and that a script changes."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from testbed.apiserver.access import Access
from testbed.apiserver.distortion import Distortion
from testbed.apiserver.faults import Plans
from testbed.apiserver.records import Records
from testbed.apiserver.store import Store
from testbed.apiserver.stored import Stored
from testbed.apiserver.watcher import Watchers

BOOKMARK_SECONDS: Final = 60.0
"""How often a kube-apiserver sends a bookmark, about."""


def _open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@dataclass(slots=True, kw_only=True)
class StaleCache:
    """The contents of lists at version 0 while the watch cache lags behind."""

    version: int
    objects: dict[str, list[Stored]]


@dataclass(slots=True, kw_only=True)
class Engine:
    """bookmark_seconds: None for none but those that a test sends.

    fresh_seconds: how long the server waits for a version that it has not seen; a kube-apiserver
        does for 3 s.
    compress: lists over 128 KiB are compressed for a client that accepts it.
    admitted: every request waits for it. etcd: reads wait for it, and open watches do.
    activity: set when a request comes, and when a watch begins or ends.
    """

    store: Store
    records: Records
    access: Access
    bookmark_seconds: float | None = BOOKMARK_SECONDS
    fresh_seconds: float = 0.0
    compress: bool = True
    plans: Plans = field(default_factory=Plans)
    watchers: Watchers = field(default_factory=lambda: Watchers(Distortion()))
    admitted: asyncio.Event = field(default_factory=_open_gate)
    etcd: asyncio.Event = field(default_factory=_open_gate)
    activity: asyncio.Event = field(default_factory=asyncio.Event)
    absent: set[str] = field(default_factory=set)
    stale: StaleCache | None = None
