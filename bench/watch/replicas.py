"""Three hundred replicas when their API server comes back: the most requests in one moment."""

import asyncio
import logging
import math
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.watch.apiserver import RemoteServer, api_server
from bench.watch.cluster import Size, cluster_ip, service, write
from bench.watch.figure import Figure, Part
from bench.watch.lab import Place
from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.reflector import ApiSource, SourceSettings

REPLICAS = 300
TINY = Size(services=5, endpoints=10)
DOWN_SECONDS = 20.0
WATCHED_SECONDS = 30.0
SYNC_SECONDS = 60.0
BUCKET_SECONDS = 0.1
MOST_SHARE = 0.1
"""Of all first requests in one bucket. A herd has nearly all of them in one."""


def replicas(place: Place) -> Figure:
    """Reflectors with tables of their own and one API server, which is stopped for 20 s."""
    logging.getLogger("clusterdns").setLevel(logging.ERROR)
    with TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir()
        write(data, TINY)
        with api_server(data, log=folder / "api.log") as api:
            requests, back = asyncio.run(_follow(api, 30 if place.quick else REPLICAS))
    return _figure([one["time"] - back for one in requests if one["time"] >= back])


async def _follow(api: RemoteServer, count: int) -> tuple[list[dict[str, Any]], float]:
    """All requests, and the time at which the server was back, by its clock."""
    settings = SourceSettings(api=ApiSettings(endpoints=(api.url,)))
    async with AsyncExitStack() as stack:
        sources = [await stack.enter_async_context(ApiSource(settings)) for _ in range(count)]
        async with asyncio.timeout(SYNC_SECONDS):
            await asyncio.gather(*(source.wait_synced() for source in sources))
        await asyncio.sleep(2)
        await asyncio.to_thread(api.call, "stop")
        await asyncio.sleep(DOWN_SECONDS)
        changed = service("service-1", "ns-1", cluster_ip=cluster_ip(1, turn=1))
        await asyncio.to_thread(api.call, "put", changed)  # so that old versions have expired
        back = time.monotonic()
        await asyncio.to_thread(api.call, "start")
        await asyncio.sleep(WATCHED_SECONDS)
        return await asyncio.to_thread(api.requests), back


def _figure(times: list[float]) -> Figure:
    buckets = Counter(math.floor(one / BUCKET_SECONDS) for one in times)
    most = max(buckets.values(), default=0)
    seconds = Counter(math.floor(one) for one in times)
    profile = " ".join(str(seconds[at]) for at in range(1 + max(seconds, default=0)))
    return Figure(
        text=f"{len(times):,} requests, most in 0.1 s {most}; each second: {profile}",
        within=bool(times) and most <= MOST_SHARE * len(times),
    )


PARTS = (
    Part(
        name="replicas",
        what="300 replicas after a restart of the API server",
        aim="no herd",
        measure=replicas,
        peer=False,
    ),
)
