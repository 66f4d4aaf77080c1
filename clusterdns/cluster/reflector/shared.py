"""What all reflectors of one source share."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from clusterdns.cluster.left_out import LeftOuts
from clusterdns.cluster.reflector.asking import Api
from clusterdns.cluster.reflector.health.backoffs import Backoffs
from clusterdns.cluster.reflector.listing.gathering import Gathering
from clusterdns.cluster.reflector.observer import Observer
from clusterdns.cluster.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """`now` is Unix time in seconds, to compare with what the cluster says of its changes.

    decoding: held while a page is taken in, so that turns of several reflectors do not come to a long one.
    """

    api: Api
    table: Table
    gathering: Gathering
    backoffs: Backoffs
    random: Random
    observer: Observer
    now: Callable[[], float]
    left_out: LeftOuts
    decoding: asyncio.Lock = field(default_factory=asyncio.Lock)
