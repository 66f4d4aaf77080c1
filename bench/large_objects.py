"""The cost of a hostile tenant's objects for the table: CPU in all, and the longest turn of the event loop.

A Service of 20,000 ports again and again, 16,000 slices of one Service at once, a slice of 100,000 addresses;
and what it costs to empty full packet caches. Ends with exit status 1 if a turn takes more than 5 ms.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import msgspec

from bench.table_memory import resident_megabytes
from clusterdns.answering.packet_cache import PacketCache
from clusterdns.answering.sweeper import Sweeper
from clusterdns.cluster import ChangeSet, Table, apply_in_steps
from clusterdns.cluster.objects import EndpointSlice, Kind, Namespace, Service, key_of
from clusterdns.cluster.reflector.reading.decoding import Decoder
from clusterdns.cluster.reflector.reading.portions import Portions
from clusterdns.cluster.step_budget import StepBudget
from clusterdns.cluster.work import in_turns
from clusterdns.dns.name import ROOT
from clusterdns.plugin import Reuse
from clusterdns.rows import Noted

LONGEST_MILLISECONDS: Final = 5.0
PORTS: Final = 20_000
SLICES: Final = 16_000
ENDPOINTS: Final = 1000
ADDRESSES: Final = 100
UPDATES: Final = 40
CACHES: Final = 8
PACKETS: Final = 16_000
MOST_GROWTH: Final = 1.1


class Turned:
    """Gives the loop back and measures the turns between, in seconds of this thread's CPU."""

    def __init__(self) -> None:
        self.turns: list[float] = []
        self._began = time.thread_time()

    async def __call__(self) -> None:
        self.turns.append(time.thread_time() - self._began)
        await asyncio.sleep(0)
        self._began = time.thread_time()

    async def round(self) -> None:
        """A round of the loop, in which others have their turn: measured together with what was before."""
        await asyncio.sleep(0)
        self.turns.append(time.thread_time() - self._began)
        self._began = time.thread_time()


Work: TypeAlias = Callable[[Turned], Awaitable[None]]


async def measured(what: str, work: Work) -> bool:
    """Print a line; whether no turn is too long."""
    gc.collect()
    gc.freeze()
    turned = Turned()
    await work(turned)
    await turned()
    longest = max(turned.turns) * 1e3
    print(f"{what:52}{sum(turned.turns) * 1e3:9.0f}{len(turned.turns):8}{longest:9.2f}", flush=True)
    return longest <= LONGEST_MILLISECONDS


def many_ports(version: int) -> bytes:
    # As text: to make 20,000 dictionaries would take more memory than what is measured.
    ports = ",".join(f'{{"name":"v{version}-{number}","port":{number + 1}}}' for number in range(PORTS))
    start = msgspec.json.encode({"metadata": metadata("ports", version)})[:-1]
    return start + b',"spec":{"clusterIP":"None","ports":[' + ports.encode() + b"]}}"


def metadata(name: str, version: int) -> dict[str, object]:
    labels = {"kubernetes.io/service-name": "web"}
    return {"namespace": "shop", "name": name, "resourceVersion": str(version), "labels": labels}


def large_slice(version: int, *, others: int) -> bytes:
    """A slice of which `others` endpoints have other addresses in each version."""
    endpoints = [
        {
            "addresses": [
                f"10.{(version % 50 + 1 if number < others else 0) * 4 + number // 256}.{number % 256}.{each}"
                for each in range(ADDRESSES)
            ],
            "nodeName": f"node-{number}",
        }
        for number in range(ENDPOINTS)
    ]
    return msgspec.json.encode({"metadata": metadata("web-1", version), "endpoints": endpoints})


def small_slice(number: int) -> EndpointSlice:
    document = {
        "metadata": metadata(f"web-{number}", 1),
        "endpoints": [{"addresses": [f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"]}],
    }
    item = Decoder(EndpointSlice).decode(msgspec.Raw(msgspec.json.encode(document))).item
    if not isinstance(item, EndpointSlice):
        raise TypeError(item)
    return item


async def many_versions() -> bool:
    """A Service of many ports, updated again and again; resident memory after all and after two."""
    table, early = synced_table(), 0.0
    fine = True
    for version in range(UPDATES):
        work = decoding(Service, many_ports(version), into=table)
        if version in {0, UPDATES - 1}:
            fine &= await measured(f"a Service of {PORTS:,} ports, version {version + 1}", work)
        else:
            await work(Turned())
        if version == 1:
            early = resident_megabytes()
    growth = resident_megabytes() / early
    print(
        f"resident memory after {UPDATES} versions: {growth:.2f} x that after two ({early:.0f} MB)",
        flush=True,
    )
    return fine and growth <= MOST_GROWTH


async def many_slices() -> bool:
    """Small slices of one Service: come, go to another one, go."""
    table = synced_table()
    slices = tuple(map(small_slice, range(SLICES)))
    other = tuple(msgspec.structs.replace(item, service="other") for item in slices)
    keys = tuple(map(key_of, slices))
    steps = {
        f"{SLICES:,} slices of one Service": ChangeSet(put=slices),
        "all of them to another one": ChangeSet(put=other),
        "all of them removed": ChangeSet(removed=keys),
    }
    return all([await measured(what, applying(table, changes)) for what, changes in steps.items()])


async def one_slice() -> bool:
    """A slice of many addresses, some of which change, or all."""
    table, fine = synced_table(), True
    for version, (what, others) in enumerate({"comes": 0, "one endpoint": 1, "all": ENDPOINTS}.items()):
        document = large_slice(version, others=others)
        text = f"a slice of {ENDPOINTS * ADDRESSES:,} addresses: {what}"
        fine &= await measured(text, decoding(EndpointSlice, document, into=table))
    return fine


async def full_caches() -> bool:
    """Caches that are full, when every row changes, and when they are closed."""
    fine = True
    for what in ("a change of all rows", "a row of all packets", "closed"):
        table, sweeper = synced_table(), Sweeper()
        caches = [PacketCache(time.monotonic, sweep=sweeper) for _ in range(CACHES)]
        for cache in caches:
            fill(cache, table)
        fine &= await measured(f"{CACHES} full caches: {what}", dropping(what, table, caches, sweeper))
    return fine


def fill(cache: PacketCache, table: Table) -> None:
    for number in range(PACKETS):
        noted = Noted()
        table.service("shop", f"web-{number}", noted=noted)
        table.namespace("shop", noted=noted)
        table.is_synced(noted=noted)
        packet = b"00 a query of usual length for web-%05d" % number
        cache.keep(packet, packet * 3, reuse=Reuse(), noted=noted, local_address="", zone=ROOT)


def dropping(what: str, table: Table, caches: list[PacketCache], sweeper: Sweeper) -> Work:
    async def work(turned: Turned) -> None:
        match what:
            case "a change of all rows":
                table.rows.touch_all()
            case "a row of all packets":
                table.apply(ChangeSet(put=(Namespace(name="shop"),)))
            case _:
                for cache in caches:
                    cache.close()
        while any(map(len, caches)) or sweeper.is_busy:
            await turned.round()

    return work


def applying(table: Table, changes: ChangeSet) -> Work:
    async def work(turned: Turned) -> None:
        await apply_in_steps(table, changes, pause=turned)

    return work


def decoding(kind: Kind, document: bytes, *, into: Table) -> Work:
    raw = msgspec.Raw(document)
    portions = Portions(kind, Decoder(kind).at_once)

    async def work(turned: Turned) -> None:
        found = await in_turns(portions.read(raw), StepBudget(pause=turned))
        if found is None:
            raise RuntimeError("the document is odd")
        await apply_in_steps(into, ChangeSet(put=(found.item,)), pause=turned)

    return work


def synced_table() -> Table:
    table = Table()
    table.synced = True
    return table


async def measure() -> bool:
    print(f"{'':52}{'CPU ms':>9}{'turns':>8}{'longest':>9}")
    return all([await many_versions(), await many_slices(), await one_slice(), await full_caches()])


def main() -> int:
    return 0 if asyncio.run(measure()) else 1


if __name__ == "__main__":
    sys.exit(main())
