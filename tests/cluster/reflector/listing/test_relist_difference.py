"""A list is applied as a difference: nothing that both states have is ever missing."""

import asyncio
from random import Random

from clusterdns.cluster import EndpointSlice, ObjectKey, Service
from clusterdns.cluster.objects import Kind
from clusterdns.cluster.reflector import ApiSource
from testbed.following import Scene, until


async def test_no_moment_of_a_relist_has_fewer_objects_than_both_states(scene: Scene) -> None:
    for number in range(300):
        scene.service(f"s{number}", "None")
        scene.slice(f"s{number}-1", f"10.1.{number // 256}.{number % 256}")
    async with scene.following() as source:
        before = there(source)
        scene.server.hold()
        await scene.server.stop()
        for number in Random(1).sample(range(300), 120):
            scene.server.delete("Service", "shop", f"s{number}")
            scene.server.delete("EndpointSlice", "shop", f"s{number}-1")
        for number in range(300, 400):
            scene.service(f"s{number}", "None")
            scene.slice(f"s{number}-1", f"10.1.{number // 256}.{number % 256}")
        scene.server.release()
        await scene.server.start()  # which has forgotten older versions: all is listed again
        least, halves = [before], []

        def look(*_: object) -> None:
            now_there = there(source)
            least.append(least[-1] & now_there)
            halves.extend(half_old(source))

        source.table.rows.subscribe(look)
        await scene.until_right(source, 10)
        assert least[-1] == before & there(source)
        assert halves == []
        assert [one.relists for one in source.freshness.resources] == [1, 1, 1]


async def test_a_relist_of_what_is_known_touches_no_row(scene: Scene) -> None:
    for number in range(100):
        scene.service(f"s{number}", "10.96.1.1")
    async with scene.following() as source:
        generation = source.table.rows.generation
        scene.server.expire()
        await until(lambda: source.freshness.resources[1].relists == 1, 5)
        await asyncio.sleep(5)
        assert source.table.rows.generation == generation


async def test_an_object_that_is_deleted_while_it_is_listed_is_gone(scene: Scene) -> None:
    scene.server.no_final_bookmark()
    async with scene.following(synced=False) as source:
        await asyncio.sleep(1)
        scene.server.delete("Service", "shop", "web")
        scene.server.bookmark()
        scene.service("late", "10.96.0.9")
        await asyncio.wait_for(source.wait_synced(), 30)
        assert scene.differences(source) == []


def there(source: ApiSource) -> set[tuple[Kind, tuple[str, str]]]:
    kinds: tuple[Kind, ...] = (Service, EndpointSlice)
    return {(kind, names) for kind in kinds for names in source.table.objects(kind)}


def half_old(source: ApiSource) -> list[ObjectKey]:
    """Services without their slice, and slices without their Service."""
    services = set(source.table.objects(Service))
    sliced = {(namespace, name.rpartition("-")[0]) for namespace, name in source.table.objects(EndpointSlice)}
    return [ObjectKey(Service, *names) for names in services ^ sliced]
