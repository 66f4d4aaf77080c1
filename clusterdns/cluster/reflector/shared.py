"""The objects that all reflectors of one source share."""

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
    """now: Unix time in seconds, to compare with the times of changes that objects carry.

    decoding: held while a page is decoded, so that the loop's turns of several reflectors do not add up.
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
