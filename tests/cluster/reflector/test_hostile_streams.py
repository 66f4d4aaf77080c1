"""Hostile documents between good ones: the rest of the table is that of a server that never sent them."""

import asyncio
import gc
from collections.abc import Generator
from contextlib import contextmanager
from random import Random

import pytest

from clusterdns.cluster.api import framing
from clusterdns.cluster.left_out import MOST_OBJECTS
from clusterdns.cluster.reflector import ApiSource
from clusterdns.cluster.reflector.listing import items
from testbed.following import Scene, until
from testbed.hostile_documents import NAMESPACE, HostileDocuments

LARGEST = 30_000
ROUNDS_A_CHANGE = 4
ROUNDS_A_LIST = 500


@contextmanager
def small_bound(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    lines, taken = framing.Lines.__init__, items.Items.__init__
    with monkeypatch.context() as patched:
        patched.setattr(framing.Lines, "__init__", lambda self, **_: lines(self, largest=LARGEST))
        patched.setattr(items.Items, "__init__", lambda self, **_: taken(self, largest=LARGEST))
        yield


def differences(scene: Scene, source: ApiSource) -> list[object]:
    """In what the table is not as the server is, but for the hostile objects."""
    return [
        (kind.__name__, names, held.get(names), true.get(names))
        for kind in {resource.kind for resource in source.resources}
        for held, true in [(source.table.objects(kind), scene.truth(kind))]
        for names in held.keys() | true.keys()
        if held.get(names) != true.get(names) and not any(one.startswith(NAMESPACE) for one in names)
    ]


class Stream:
    """Changes of a cluster with hostile documents between them."""

    def __init__(self, scene: Scene, random: Random) -> None:
        self._scene = scene
        self._random = random
        self._documents = HostileDocuments(random, largest=LARGEST)

    def send(self) -> None:
        """One hostile document in every watch of its kind."""
        kind, line = self._documents.event(self._scene.server.version)
        plural = {"Namespace": "namespaces", "Service": "services"}.get(kind, "endpointslices")
        for watcher in self._scene.server._engine.watchers.select(plural):
            watcher.send(line + b"\n")

    def change(self) -> None:
        """One change of a good object."""
        name, number = f"s{self._random.randrange(20)}", self._random.randrange(200)
        match self._random.randrange(5):
            case 0:
                self._scene.server.delete("Service", "shop", name)
            case 1:
                self._scene.server.delete("EndpointSlice", "shop", f"{name}-1")
            case 2:
                self._scene.service(name, f"10.96.1.{number}")
            case _:
                self._scene.slice(f"{name}-1", f"10.0.1.{number}", "10.0.2.1")

    def list_again(self) -> None:
        """All of it is listed anew, hostile objects among it: streaming or in pages."""
        for _ in range(5):
            kind, name, metadata, rest = self._documents.stored()
            self._scene.server.put_raw(kind, NAMESPACE, name=name, metadata=metadata, rest=rest)
        self._scene.server.heal()
        if self._random.random() < 0.5:
            self._scene.server.refuse_streaming_list()
        self._scene.server.expire()


async def run(scene: Scene, source: ApiSource, rounds: int) -> None:
    stream = Stream(scene, Random(rounds))
    for number in range(1, rounds + 1):
        stream.send()
        if number % ROUNDS_A_CHANGE == 0:
            stream.change()
        if number % 50 == 0:
            await asyncio.sleep(0.05)
        if number % ROUNDS_A_LIST == 0:
            stream.list_again()
            await until(lambda: not differences(scene, source), 60, lambda: differences(scene, source))
    await until(lambda: not differences(scene, source), 60, lambda: differences(scene, source))


async def check(scene: Scene, rounds: int, caplog: pytest.LogCaptureFixture) -> None:
    async with scene.following() as source:
        await run(scene, source, rounds)
        await asyncio.sleep(60)
        assert source.freshness.lines() == ()
        assert not [line for line in caplog.messages if "bug" in line]
        assert 0 < len(source.left_out) <= MOST_OBJECTS
        assert sum(source.left_out.documents.values()) > rounds // 10


async def test_the_rest_of_the_table_is_right(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with small_bound(monkeypatch):
        await check(scene, 1500, caplog)


@pytest.mark.fuzz
@pytest.mark.timeout(0)
async def test_it_is_after_many_more_of_them(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fuzz_rounds: int
) -> None:
    with small_bound(monkeypatch):
        await check(scene, fuzz_rounds // 10, caplog)


@pytest.mark.fuzz
@pytest.mark.timeout(0)
async def test_they_leave_nothing_behind(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, fuzz_rounds: int
) -> None:
    with small_bound(monkeypatch):
        async with scene.following() as source:
            await run(scene, source, fuzz_rounds // 40)
            gc.collect()
            before = len(gc.get_objects())
            await run(scene, source, fuzz_rounds // 40)
            gc.collect()
            assert len(gc.get_objects()) <= 1.3 * before
