"""A scripted API server, and a source that follows it, for tests of reflectors.

    async with ApiServer() as server:
        scene = Scene(server)
        async with scene.following() as source:
            scene.service("late", "10.96.0.2")
            await scene.until_right(source, within=1.0)

On the loop of clusterdns.testing.virtual_time seconds cost nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any, Final

import msgspec

from clusterdns.cluster import EndpointSlice, Namespace, Pod, Service, ServiceImport
from clusterdns.cluster.api import ApiSettings
from clusterdns.cluster.objects import ClusterObject, Kind
from clusterdns.cluster.reflector import ApiSource, Observer, Selection, SourceSettings
from clusterdns.cluster.reflector.clock import loop_time as now
from clusterdns.cluster.reflector.reading.decoding import Decoder
from testbed.apiserver import ApiServer, Request

__all__ = ["Scene", "now", "until"]

KINDS: Final[dict[Kind, str]] = {
    Namespace: "Namespace",
    Service: "Service",
    EndpointSlice: "EndpointSlice",
    Pod: "Pod",
    ServiceImport: "ServiceImport",
}


class Scene:
    """A server with a namespace, a Service and its slice, and the sources that follow it."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server
        server.put({"kind": "Namespace", "metadata": {"name": "shop"}})
        self.service("web", "10.96.0.1")
        self.slice("web-1", "10.0.0.1")

    @asynccontextmanager
    async def following(
        self, *, seed: int = 1, observer: Observer | None = None, synced: bool = True, **selection: Any
    ) -> AsyncGenerator[ApiSource, None]:
        """A source; it is synced unless `synced` is False."""
        source = self.source(seed=seed, observer=observer, **selection)
        async with source:
            if synced:
                await source.wait_synced()
                # A watch that has been open for a second has proven to work.
                await asyncio.sleep(1.5)
            yield source

    def source(self, *, seed: int = 1, observer: Observer | None = None, **selection: Any) -> ApiSource:
        """A source that is not entered yet."""
        settings = SourceSettings(
            api=ApiSettings(endpoints=(self.server.url,)), selection=Selection(**selection)
        )
        clock = asyncio.get_running_loop().time
        return ApiSource(settings, random=Random(seed), observer=observer, clock=clock, now=clock)

    def service(self, name: str, ip: str = "None", namespace: str = "shop", **labels: str) -> None:
        """Create or change a Service; without an address it is headless."""
        self.server.put(
            {
                "kind": "Service",
                "metadata": {"namespace": namespace, "name": name, "labels": labels},
                "spec": {"clusterIP": ip, "ports": [{"name": "http", "port": 80}]},
            }
        )

    def external(self, name: str, target: str, namespace: str = "shop") -> None:
        """Create or change a Service of type ExternalName."""
        spec = {"type": "ExternalName", "externalName": target}
        self.server.put({"kind": "Service", "metadata": {"namespace": namespace, "name": name}, "spec": spec})

    def slice(self, name: str, *ips: str, namespace: str = "shop", **notes: str) -> None:
        """Create or change a slice of the Service that its name begins with. `notes` are annotations."""
        self.server.put(
            {
                "kind": "EndpointSlice",
                "metadata": {
                    "namespace": namespace,
                    "name": name,
                    "labels": {"kubernetes.io/service-name": name.rpartition("-")[0]},
                    "annotations": notes,
                },
                "addressType": "IPv4",
                "endpoints": [{"addresses": [ip], "conditions": {"ready": True}} for ip in ips],
                "ports": [{"name": "http", "port": 80}],
            }
        )

    def differences(self, source: ApiSource) -> list[object]:
        """The differences between the table and the server's objects."""
        return [
            (kind.__name__, names, held.get(names), true.get(names))
            for kind in {resource.kind for resource in source.resources}
            for held, true in [(source.table.objects(kind), self.truth(kind))]
            for names in held.keys() | true.keys()
            if held.get(names) != true.get(names)
        ]

    def truth(self, kind: Kind) -> dict[tuple[str, str], ClusterObject]:
        """The server's objects, by namespace and name."""
        decoder = Decoder(kind)
        items = [decoder.decode(msgspec.Raw(one)).item for one in self.server.documents(KINDS[kind])]
        return {(item.namespace, item.name): item for item in items}

    async def until_right(self, source: ApiSource, within: float) -> float:
        """Wait until the table is as the server is; how many seconds that took."""
        return await until(lambda: not self.differences(source), within, lambda: self.differences(source))

    def lists(self, resource: str = "") -> list[Request]:
        """The requests that listed, in pages (each counted) or streaming."""
        return [
            one
            for one in self.server.asked("", resource)
            if one.verb == "list" or "sendInitialEvents" in one.params
        ]

    def since(self, moment: float) -> list[Request]:
        """The requests since then."""
        return [one for one in self.server.requests if one.time >= moment]


async def until(
    condition: Callable[[], bool], within: float, tell: Callable[[], object] = lambda: "it is not so"
) -> float:
    """Wait for a condition; how many seconds that took.

    Raises:
        AssertionError: it took longer than `within`; the text is what `tell` says then.
    """
    began = now()
    while not condition():
        if now() - began >= within:
            raise AssertionError(f"not within {within} s: {tell()}")
        await asyncio.sleep(max(0.02, within / 300))
    return now() - began
