"""Random changes and random faults: in the end the table and every answer are what a fresh list says."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import product
from random import Random
from socket import inet_ntoa
from typing import Any

import pytest

from clusterdns.cluster import ChangeSet, EndpointSlice, Table
from clusterdns.cluster.manifests import ManifestSettings
from clusterdns.cluster.reflector import ApiSource
from clusterdns.dns.reverse import reverse_name
from clusterdns.testing.chain import outcome, running
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.kubernetes import plugin
from testbed.apiserver import ApiServer
from testbed.following import KINDS, Scene

CHANGES = 400
CHANGES_A_FAULT = 25
MOST_ALIKE = 20
"""Fewer different answers would mean that little was compared."""

FAULTS: tuple[Callable[[ApiServer], Any], ...] = (
    lambda server: server.expire(),
    lambda server: server.close_watches(),
    lambda server: server.close_watches(reset=True),
    lambda server: server.cut_mid_json(),
    lambda server: server.error_watches(500),
    lambda server: server.replay_events(20),
    lambda server: server.duplicate_events(),
    lambda server: server.delete_unknown("Service", "n1", name="nobody"),
    lambda server: server.fail_next("watch", status=410),
    lambda server: server.fail_next("list", status=500),
    lambda server: server.throttle(times=2),
    lambda server: server.too_large_version(),
    lambda server: server.empty_200(),
    lambda server: server.reset(),
    lambda server: server.cut_mid_json("list"),
    lambda server: server.cut_mid_json("watch"),
    lambda server: server.refuse_streaming_list(times=1),
    lambda server: server.rapid_closes(3),
    lambda server: server.expire_tokens(),
    lambda server: server.forget_history(),
    lambda server: server.slow_chunks(size=50),
    lambda server: server.heal(),
)


COREFILE = ". {\n kubernetes cluster.local in-addr.arpa {\n manifests nowhere\n }\n}"


async def answers(table: Table, questions: list[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    cluster = Cluster()
    cluster.table = table
    async with running(COREFILE, plugin, context=FakeContext(backends={ManifestSettings: cluster})) as chain:
        return {question: outcome(await chain.ask(*question)) for question in questions}


def every_question(table: Table) -> list[tuple[str, str]]:
    names = [
        f"s{service}.n{namespace}.svc.cluster.local" for namespace, service in product(range(4), range(30))
    ]
    addresses = {"10.96.0.7", "10.96.0.8", "10.0.0.1"} | {
        inet_ntoa(address)
        for item in table.objects(EndpointSlice).values()
        if isinstance(item, EndpointSlice)
        for endpoint in item.endpoints()
        for address in endpoint.addresses
    }
    return [
        *product(names, ("A", "SRV")),
        *((str(reverse_name(address)), "PTR") for address in sorted(addresses)),
    ]


async def check_all(scene: Scene, source: ApiSource) -> None:
    """The table is right, and answers made from it are those of a table that was just filled."""
    await scene.until_right(source, 60)
    fresh = Table(clock=lambda: 1.0)
    fresh.apply(ChangeSet(put=tuple(item for kind in KINDS for item in scene.truth(kind).values())))
    fresh.synced = True
    questions = every_question(fresh)
    found = await answers(source.table, questions)
    assert found == await answers(fresh, questions)
    assert len({tuple(answer) for answer in found.values()}) > MOST_ALIKE


class Life:
    """Changes as a cluster makes them. Names are few, so that they come and go often."""

    def __init__(self, scene: Scene, random: Random) -> None:
        self._scene = scene
        self._random = random

    def change(self) -> None:
        random = self._random
        namespace, name = f"n{random.randrange(4)}", f"s{random.randrange(30)}"
        match random.randrange(10):
            case 0:
                self._scene.server.delete("Service", namespace, name)
            case 1:
                self._scene.server.delete("EndpointSlice", namespace, f"{name}-1")
            case 2:
                self._scene.server.put({"kind": "Namespace", "metadata": {"name": namespace}})
            case 3:
                self._scene.server.delete("Namespace", "", namespace)
            case 4 | 5 | 6:
                self._scene.service(name, random.choice(("None", "10.96.0.7", "10.96.0.8")), namespace)
            case _:
                ips = {
                    f"10.0.{random.randrange(9)}.{random.randrange(200)}" for _ in range(random.randrange(6))
                }
                self._scene.slice(f"{name}-1", *sorted(ips), namespace=namespace)

    def run(self, changes: int) -> Iterator[None]:
        for number in range(changes):
            self.change()
            if number % CHANGES_A_FAULT == CHANGES_A_FAULT - 1:
                self._random.choice(FAULTS)(self._scene.server)
            yield


@pytest.mark.parametrize("seed", range(3))
async def test_after_random_changes_and_faults_the_table_is_right(scene: Scene, seed: int) -> None:
    random = Random(seed)
    async with scene.following(seed=seed) as source:
        for _ in Life(scene, random).run(CHANGES):
            await asyncio.sleep(random.expovariate(20))
        scene.server.heal()
        await check_all(scene, source)
        await asyncio.sleep(60)
        assert source.freshness.lines() == ()


@pytest.mark.fuzz
@pytest.mark.timeout(0)
async def test_after_many_more_of_them_too(scene: Scene, fuzz_rounds: int) -> None:
    random = Random(4711)
    async with scene.following() as source:
        for number, _ in enumerate(Life(scene, random).run(min(10_000, fuzz_rounds // 10)), 1):
            await asyncio.sleep(random.expovariate(20))
            if number % 500 == 0:
                scene.server.heal()
                await check_all(scene, source)
        scene.server.heal()
        await check_all(scene, source)


async def test_the_same_holds_one_namespace_at_a_time(scene: Scene) -> None:
    names = frozenset({"n0", "n1"})
    random = Random(7)
    async with scene.following(namespaces=names) as source:
        for _ in Life(scene, random).run(300):
            await asyncio.sleep(random.expovariate(20))
        scene.server.heal()
        await asyncio.sleep(60)
        truth = {
            (kind, key): item
            for kind in {resource.kind for resource in source.resources}
            for key, item in scene.truth(kind).items()
            if key[0] in names
        }
        held = {
            (kind, key): item
            for kind in {resource.kind for resource in source.resources}
            for key, item in source.table.objects(kind).items()
        }
        assert held == truth
