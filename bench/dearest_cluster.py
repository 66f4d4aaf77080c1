"""The dearest clusters that tenants may legally make: Services whose questions cost as much as any can.

A plugin called `filling` puts them into the table of the block's `kubernetes`, since reading them from
manifests would take longer than all questions together.
"""

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from types import TracebackType
from typing import Final, Self

from clusterdns.cluster import (
    ChangeSet,
    Endpoint,
    EndpointSlice,
    Namespace,
    Port,
    Service,
    Table,
)
from clusterdns.cluster.endpoint import pack
from clusterdns.cluster.objects import ClusterObject
from clusterdns.configuration.registry import GROUP, Registry, discover
from clusterdns.plugin import Context, Plugin

ENDPOINTS: Final = 100_000
SMALL_SLICES: Final = 16_000
PORTS: Final = 20_000
ALIASES: Final = 5000
SERVICES: Final = 5000
HTTP: Final = (Port("http", 80),)
MANY_PORTS: Final = tuple(Port(f"port-{number}", number + 1) for number in range(PORTS))
SHARED: Final = bytes((10, 255, 0, 1))
"""An address in very many Services."""
CROWDED: Final = bytes((10, 255, 1, 1))
"""An address of 25,000 endpoints of one Service."""

Make = Callable[[int], Endpoint]


def ip(number: int, first: int = 10) -> bytes:
    return bytes((first, *number.to_bytes(3)))


def ordinary(number: int) -> Endpoint:
    return Endpoint(
        addresses=(ip(number),),
        hostname=f"h-{number}",
        pod=f"large-6d4cf56db6-{number}",
        node=f"node-{number % 100}",
        zone="rare" if number == 77_777 else f"zone-{number % 3}",
    )


def large(
    service: str, make: Make, *, each: int = 1000, count: int = ENDPOINTS, ports: tuple[Port, ...] = HTTP
) -> Iterator[ClusterObject]:
    """A headless Service with slices of `each` endpoints."""
    yield Service(namespace="ns", name=service, headless=True, ports=ports)
    for first in range(0, count, each):
        yield EndpointSlice(
            namespace="ns",
            name=f"{service}-{first:06}",
            service=service,
            ports=ports,
            packed=pack(map(make, range(first, first + each))),
        )


def objects(server: bytes | None) -> Iterator[ClusterObject]:
    """All of them; `server` is an address of this server that a Service claims, if it has one."""
    yield Namespace(name="ns")
    yield from large("large", ordinary)
    yield from large("small", ordinary, each=6, count=6 * SMALL_SLICES)
    yield from large("six", lambda n: Endpoint(addresses=(bytes(13) + n.to_bytes(3),), zone="z"))
    yield from large("same", lambda n: Endpoint(addresses=(ip(n, 11),), hostname="same", zone="z"))
    yield from large("one", lambda n: Endpoint(addresses=(ip(1, 12),), hostname=f"h-{n}", zone="z"))
    yield from large("down", lambda n: Endpoint(addresses=(ip(n, 13),), ready=n == ENDPOINTS - 1))
    yield from large("ports", ordinary, ports=MANY_PORTS)
    yield from large("crowded", lambda n: Endpoint(addresses=(CROWDED,), hostname=f"h-{n}"), count=25_000)
    yield Service(namespace="ns", name="vip", cluster_ips=(ip(1, 14),), ports=MANY_PORTS)
    for number in range(SERVICES):
        yield from large(f"s-{number}", lambda _: Endpoint(addresses=(SHARED,)), each=1, count=1)
    if server is not None:
        local = server
        yield from large("dns", lambda n: Endpoint(addresses=(local,), hostname=f"h-{n}"), count=50_000)
    for link in range(ALIASES):
        target = f"link-{link + 1}.ns.svc.cluster.local"
        yield Service(namespace="ns", name=f"link-{link}", type="ExternalName", external_name=target)
    for name in ("large", "small"):
        target = f"{name}.ns.svc.cluster.local"
        yield Service(namespace="ns", name=f"to-{name}", type="ExternalName", external_name=target)


class Filling:
    """Fills the block's table when it starts."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __aenter__(self) -> Self:
        table = self._context.require(Table)
        assert table is not None
        table.synced = False
        for item in objects(server_address(self._context)):
            table.apply(ChangeSet(put=(item,)))
        table.synced = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held here."""


def server_address(context: Context) -> bytes | None:
    """An IPv4 address of this machine that is not loopback, packed."""
    texts = (text for interface in context.interfaces() for text in interface.addresses if "." in text)
    found = (bytes(map(int, text.split("."))) for text in texts)
    return next((address for address in found if address[0] != 127), None)


filling: Final = Plugin(
    name="filling",
    help="Fill the table of the block's kubernetes with the dearest clusters there are.",
    parse=lambda _: None,
    build=lambda _, context: Filling(context),
    after="kubernetes",
)


def registry() -> Registry:
    """The installed plugins and `filling`."""
    own = EntryPoint(name="filling", value="bench.dearest_cluster:filling", group=GROUP)
    return discover([*entry_points(group=GROUP), own])
