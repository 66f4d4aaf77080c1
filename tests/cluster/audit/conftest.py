"""A table, an API server's lists, and a source that repairs from them, all in memory."""

import gzip
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from random import Random

import msgspec
import pytest

from clusterdns.cluster import ChangeSet, EndpointSlice, ObjectKey, Service
from clusterdns.cluster.api import ApiError
from clusterdns.cluster.audit import Auditor
from clusterdns.cluster.left_out import LeftOuts
from clusterdns.cluster.objects import ClusterObject, Kind
from clusterdns.cluster.reflector.health.freshness import Freshness
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.table import Table

SERVICES = Resource(kind=Service, name="services", root="/api/v1")
SLICES = Resource(kind=EndpointSlice, name="endpointslices", root="/apis/discovery.k8s.io/v1")


class Source:
    """Follows `server` without a watch: tests say what arrives."""

    def __init__(self, server: "Server", *resources: Resource) -> None:
        self.table = Table(clock=lambda: 1.0)
        self.table.synced = True
        self.freshness = Freshness(self.table.rows.touch_all, clock=lambda: 0.0, now=lambda: 0.0)
        self.resources = resources
        self.left_out = LeftOuts(lambda: 0.0)
        self.repairs: list[tuple[ObjectKey, ...]] = []
        self.relists: list[Resource] = []
        self._server = server
        for resource in resources:
            one = self.freshness.add(resource.name, resource.namespace)
            one.synced = one.connected = True

    async def repair(self, resource: Resource, keys: Sequence[ObjectKey]) -> int:
        self.repairs.append(tuple(keys))
        for key in keys:
            self.follow(key.kind, key.namespace, key.name)
        return len(keys)

    def relist(self, resource: Resource) -> None:
        self.relists.append(resource)

    def follow(self, kind: Kind, namespace: str, name: str) -> None:
        """What a watch would do: the object as it is now, into the table."""
        item = self._server.objects.get((kind, namespace, name))
        key = ObjectKey(kind, namespace, name)
        self.table.apply(ChangeSet(put=(item,)) if item is not None else ChangeSet(removed=(key,)))


class Server:
    """What the API server has.

    errors: what the next requests raise. body: what it answers instead. asked: path and parameters of all.
    """

    def __init__(self) -> None:
        self.objects: dict[tuple[Kind, str, str], ClusterObject] = {}
        self.errors: list[ApiError] = []
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.accepts: set[tuple[str, bool]] = set()
        self.page = 2
        self.body = b""
        self.before_page: Callable[[], None] = lambda: None

    def put(self, *items: ClusterObject) -> None:
        for item in items:
            self.objects[type(item), item.namespace, item.name] = item

    def remove(self, kind: Kind, namespace: str, name: str) -> None:
        del self.objects[kind, namespace, name]

    @asynccontextmanager
    async def answer(
        self, path: str, params: Mapping[str, str], *, accept: str, compressed: bool
    ) -> AsyncGenerator["Sent"]:
        """A page of the list as it is now; `continue` is the place of the first object."""
        self.asked.append((path, params))
        self.accepts.add((accept, compressed))
        if self.errors:
            raise self.errors.pop(0)
        self.before_page()
        words = path.split("/")
        kind: Kind = Service if words[-1] == "services" else EndpointSlice
        namespace = words[-2] if "namespaces" in words else ""
        items = [
            item for (of, place, _), item in self.objects.items() if of is kind and namespace in ("", place)
        ]
        start = int(params.get("continue", "0"))
        more = str(start + self.page) if len(items) > start + self.page else ""
        body = self.body or _partial_list(items[start : start + self.page], more)
        yield Sent(body)


class Sent:
    """A body that arrives in two pieces."""

    endpoint = "http://api"

    def __init__(self, body: bytes) -> None:
        self.octets = len(gzip.compress(body))
        half = len(body) // 2
        self._pieces = [piece for piece in (body[:half], body[half:]) if piece]

    async def read(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


def _partial_list(items: list[ClusterObject], more: str) -> bytes:
    return json.dumps(
        {
            "kind": "PartialObjectMetadataList",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": {"resourceVersion": "99", "continue": more},
            "items": [
                {
                    "metadata": {
                        "name": item.name,
                        "namespace": item.namespace,
                        "resourceVersion": item.version,
                        "managedFields": [{"manager": "kubectl"}],
                    }
                }
                for item in items
            ],
        }
    ).encode()


class World:
    """All of them, with a clock: `meanwhile` is called in every pause."""

    def __init__(self, *resources: Resource) -> None:
        self.server = Server()
        self.source = Source(self.server, *resources)
        self.pauses: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.auditor = Auditor(self.source, self.server, period=1800.0, random=Random(7), sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.meanwhile()

    def known(self, *items: ClusterObject) -> None:
        """Objects that both have."""
        self.server.put(*items)
        self.source.table.apply(ChangeSet(put=items))

    def change(self, item: ClusterObject) -> ClusterObject:
        """The object gets a new version that no event tells of."""
        newer = msgspec.structs.replace(item, version=item.version + "x")
        self.server.put(newer)
        return newer


@pytest.fixture
def world() -> World:
    return World(SERVICES)


@pytest.fixture
def world_of() -> Callable[..., World]:
    return World
