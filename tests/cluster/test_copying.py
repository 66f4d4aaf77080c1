"""A table is copied by what it publishes, and by nothing else."""

from collections.abc import Iterator
from io import BytesIO
from itertools import product
from random import Random

import msgspec
import pytest

from clusterdns.cluster import (
    ChangeSet,
    EndpointSlice,
    Namespace,
    ObjectKey,
    Pod,
    Service,
    ServiceImport,
    Table,
)
from clusterdns.cluster.copying import PublicationGapError, TableCopy
from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.objects import ClusterObject, key_of
from clusterdns.cluster.publishing import Published, PublishedChange, PublishedState, TableState
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.snapshot import SnapshotHeader, StreamReader, StreamWriter
from clusterdns.cluster.step_budget import STEP_SECONDS
from clusterdns.cluster.steps import SMALL, apply_in_steps
from clusterdns.rows import Noted

ADDRESSES = [bytes((10, 0, 0, last)) for last in range(40)]
NAMESPACES = ("shop", "bank", "mail")


def random_object(random: Random) -> ClusterObject:
    namespace, name = random.choice(NAMESPACES), f"s{random.randrange(30)}"
    address, version = random.choice(ADDRESSES), str(random.randrange(9))
    endpoint = Endpoint(addresses=(address,), ready=random.random() < 0.8)
    match random.randrange(6):
        case 0:
            return Namespace(name=namespace, version=version)
        case 1:
            external = random.choice(((), ("192.0.2.1",)))
            return Service(
                namespace=namespace, name=name, cluster_ips=(address,), external=external, version=version
            )
        case 2:
            return Pod(namespace=namespace, name=name, addresses=(address,), version=version)
        case 3:
            return ServiceImport(namespace=namespace, name=name, cluster_ips=(address,), version=version)
        case 4:
            return EndpointSlice(namespace=namespace, name=name, import_name=name, packed=pack([endpoint]))
        case _:
            return EndpointSlice(
                namespace=namespace, name=f"{name}-1", service=name, packed=pack([endpoint]), version=version
            )


def random_changes(random: Random, count: int) -> ChangeSet:
    put = {key_of(item): item for item in (random_object(random) for _ in range(count))}
    removed = {key_of(random_object(random)) for _ in range(count // 2)}
    return ChangeSet(put=tuple(put.values()), removed=tuple(removed - put.keys()))


class Copied:
    """A table with a clock and a state of its own, and copies that were begun at some moments.

    Each is made twice: from the values published, and from the octets of a stream of them.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = 1000.0
        self.state = TableState()
        self.table = Table(clock=lambda: self.now)
        self.table.describe = lambda synced: self.state._replace(synced=synced)
        self.copies: list[TableCopy] = []
        self.streams: list[bytearray] = []

    def begin(self) -> None:
        copy, stream = TableCopy(self.table.snapshot()), bytearray()
        self.table.subscribe(copy.take, name="a copy")
        self.copies.append(copy)
        writer, start = StreamWriter(no_yield), self.table.snapshot()
        stream += writer.header(SnapshotHeader(fingerprint="ours", as_of=0.0))
        stream += b"".join(writer.change(start.number, start.objects, serials=start.serials))
        stream += writer.state(PublishedState(start.number, start.state))
        self.table.subscribe(lambda one: stream.extend(b"".join(writer.published(one))), name="a stream")
        self.streams.append(stream)

    def all_copies(self) -> Iterator[Table]:
        yield from (copy.table for copy in self.copies)
        yield from (read_copy(bytes(stream)).table for stream in self.streams)

    def check(self) -> None:
        for copy in self.all_copies():
            assert whole(copy) == whole(self.table)

    def change_state(self) -> None:
        self.state = TableState(
            stale=self.random.random() < 0.5, complaints=self.random.choice(((), ("services: not fresh",)))
        )
        self.table.publish_state()


def read_copy(stream: bytes) -> TableCopy:
    published = StreamReader(BytesIO(stream), no_yield).published()
    start, state = next(published), next(published)
    assert isinstance(start, PublishedChange)
    assert isinstance(state, PublishedState)
    table = Table()
    table.apply(start.changes)
    copy = TableCopy(table.snapshot()._replace(number=start.number, serials=start.serials, state=state.state))
    for one in published:
        copy.take(one)
    return copy


def whole(table: Table) -> object:
    """Objects, serials, state, and what is found by name and by address."""
    _, objects, serials, state = table.snapshot()
    noted = Noted()
    found = [
        {key_of(one) for one in look_up(each, noted=noted)}
        for look_up in (table.services_by_ip, table.pods_by_ip)
        for each in ADDRESSES
    ]
    found += [{key_of(one) for one in table.slices_by_ip(each, noted=noted)} for each in ADDRESSES]
    slices = [
        [one.name for one in table.slices(namespace, f"s{number}", noted=noted)]
        for namespace, number in product(NAMESPACES, range(30))
    ]
    return {key_of(item): item for item in objects}, serials, state, found, slices


@pytest.mark.parametrize("seed", range(4))
async def test_after_random_changes_each_copy_is_as_the_table(seed: int) -> None:
    copied = Copied(seed)
    for number in range(60):
        copied.now += copied.random.choice((0.0, 2.0, 6.0, -5.0))
        copied.table.synced = number > 30
        if number % 20 == 0:
            copied.begin()
        match copied.random.randrange(6):
            case 0:
                await apply_in_steps(copied.table, random_changes(copied.random, 3 * SMALL))
            case 1:
                copied.change_state()
            case _:
                copied.table.apply(random_changes(copied.random, 5))
    assert min(msgspec.structs.astuple(copied.table.serials)) > 1000
    copied.check()


async def test_copies_that_are_begun_between_the_steps_of_a_big_difference_miss_nothing() -> None:
    copied = Copied(1)
    copied.table.synced = True
    copied.table.apply(random_changes(copied.random, 10 * SMALL))
    steps: list[int] = []

    async def pause() -> None:
        steps.append(len(copied.copies))
        if len(steps) % 16 == 1:
            copied.begin()
        small = ChangeSet(put=(Service(namespace="new", name=f"n{len(steps)}"),))
        await apply_in_steps(copied.table, small)
        copied.now += 1

    time = iter(range(10**9))
    wanted = random_changes(copied.random, 10 * SMALL)
    await apply_in_steps(copied.table, wanted, clock=lambda: next(time) * STEP_SECONDS / 20, pause=pause)
    assert len(copied.copies) > 2
    copied.check()


def test_numbers_have_no_gaps_whatever_is_published() -> None:
    copied = Copied(2)
    published: list[Published] = []
    copied.table.subscribe(published.append, name="a test")
    for _ in range(20):
        copied.table.apply(random_changes(copied.random, 4))
        copied.change_state()
    copied.table.synced = True
    assert [one.number for one in published] == list(range(1, len(published) + 1))
    assert {type(one) for one in published} == {PublishedChange, PublishedState}


def test_a_copy_can_be_copied() -> None:
    copied = Copied(3)
    copied.begin()
    (first,) = copied.copies
    second = TableCopy(first.table.snapshot())
    first.table.subscribe(second.take, name="a copy of the copy")
    copied.table.apply(random_changes(copied.random, 30))
    copied.table.synced = True
    copied.change_state()
    copied.table.apply(random_changes(copied.random, 30))
    assert whole(second.table) == whole(copied.table)


@pytest.mark.parametrize("number", [3, 5, 6, 0])
def test_a_change_that_is_not_the_next_is_refused(number: int) -> None:
    table = Table()
    copy = TableCopy(table.snapshot()._replace(number=3))
    with pytest.raises(PublicationGapError, match=f"expected change 4, found {number}"):
        copy.take(
            PublishedChange(number, ChangeSet(removed=(ObjectKey(Service, "a", "b"),)), None, Serials())
        )


@pytest.mark.parametrize(
    ("state", "touches"),
    [
        pytest.param(TableState(synced=True), False, id="the-same"),
        pytest.param(TableState(synced=True, complaints=("x",)), False, id="complaints"),
        pytest.param(TableState(synced=True, stale=True), True, id="stale"),
        pytest.param(TableState(synced=True, from_snapshot=True), True, id="from-snapshot"),
        pytest.param(TableState(), True, id="not-synced"),
    ],
)
def test_a_state_in_which_answers_differ_touches_all_rows_of_the_copy(
    state: TableState, touches: bool
) -> None:
    table = Table()
    table.synced = True
    copy = TableCopy(table.snapshot())
    generation = copy.table.rows.generation
    copy.take(PublishedState(copy.number + 1, state))
    assert (copy.table.rows.generation > generation) is touches
    assert copy.table.state == state


def test_the_rows_of_a_copy_are_touched_as_those_of_the_table() -> None:
    copied = Copied(4)
    copied.table.synced = True
    copied.begin()
    rows: dict[str, list[object]] = {"table": [], "copy": []}
    copied.table.rows.subscribe(lambda _, touched: rows["table"].append(touched))
    copied.copies[0].table.rows.subscribe(lambda _, touched: rows["copy"].append(touched))
    for _ in range(20):
        copied.table.apply(random_changes(copied.random, 5))
    assert rows["table"] == rows["copy"]
    assert len(rows["table"]) > 10
