"""Random changes and random faults: in the end the table is what a fresh list says, whatever happened."""

import asyncio
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from clusterdns.testing.apiserver import ApiServer
from clusterdns.testing.following import Scene

CHANGES = 400
CHANGES_A_FAULT = 25

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
        await scene.until_right(source, 60)
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
                await scene.until_right(source, 60)
        scene.server.heal()
        await scene.until_right(source, 60)


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
