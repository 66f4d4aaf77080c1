"""Questions to Services of very many endpoints: what is looked at, and that none is left out for ever."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager

import pytest

from clusterdns.cluster import ChangeSet, Endpoint, EndpointSlice, Namespace, Port, Service
from clusterdns.cluster.endpoint import pack
from clusterdns.dns.constants import Rcode
from clusterdns.plugin import Reply, Transport
from clusterdns.testing.chain import Chain, outcome
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import fake_client
from clusterdns_plugins.kubernetes.looking import MOST, Looking, TooLarge

Serve = Callable[..., AbstractAsyncContextManager[Chain]]

TCP = fake_client(transport=Transport.TCP)
HTTP = (Port("http", 80),)
LARGE = 12_000
FEW_UNITS = MOST // 3
"""What looking at each of so many endpoints would take many times over."""

ONE_FOR_ALL = bytes((10, 99, 0, 1))


def ip(number: int) -> bytes:
    return bytes((10, *number.to_bytes(3)))


def several(
    service: str,
    make: Callable[[int], Endpoint],
    *,
    each: int,
    count: int = LARGE,
    ports: tuple[Port, ...] = HTTP,
) -> Iterator[Service | EndpointSlice]:
    """A headless Service with slices of `each` endpoints."""
    yield Service(namespace="ns", name=service, headless=True, ports=ports)
    for first in range(0, count, each):
        packed = pack(map(make, range(first, first + each)))
        name = f"{service}-{first:06}"
        yield EndpointSlice(namespace="ns", name=name, service=service, ports=ports, packed=packed)


def ordinary(number: int) -> Endpoint:
    return Endpoint(
        addresses=(ip(number),),
        hostname=f"h-{number}",
        pod=f"web-6d4cf-{number}",
        node=f"node-{number % 50}",
        zone="rare" if number == 7777 else f"zone-{number % 3}",
    )


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    cluster = Cluster(synced=False)
    ports = tuple(Port(f"port-{number}", number + 1) for number in range(20_000))
    objects = [
        Namespace(name="ns"),
        *several("large", ordinary, each=1000),
        *several("small", ordinary, each=3),
        *several("same", lambda n: Endpoint(addresses=(ip(n),), hostname="same"), each=1000),
        *several("one", lambda n: Endpoint(addresses=(ip(1),), hostname=f"h-{n}"), each=1000),
        *several("down", lambda n: Endpoint(addresses=(ip(n),), ready=n == LARGE - 1), each=3),
        *several("ports", ordinary, each=1000, ports=ports),
        *several("server", lambda n: Endpoint(addresses=(ONE_FOR_ALL,), hostname=f"h-{n}"), each=1000),
        *several("turning", lambda n: Endpoint(addresses=(ip(n),)), each=1000, count=5000),
    ]
    for number in range(3000):
        make = lambda _: Endpoint(addresses=(bytes((10, 99, 0, 2)),))  # noqa: E731 - a table of one line
        objects += several(f"s-{number}", make, each=1, count=1)
    cluster.table.apply(ChangeSet(put=tuple(objects)))
    cluster.table.synced = True
    return cluster


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the looking of a test has taken."""
    spent: list[int] = []
    may = Looking.may

    def counted(looking: Looking, taken: int) -> bool:
        is_granted = may(looking, taken)
        spent.append(taken if is_granted else 1)  # being refused costs a call
        return is_granted

    monkeypatch.setattr(Looking, "may", counted)
    return spent


@pytest.mark.parametrize("service", ["large", "small"])
@pytest.mark.parametrize(
    ("front", "rtype", "expected"),
    [
        pytest.param("h-7777", "A", ["A 10.0.30.97"], id="host-name"),
        pytest.param("H-7777", "A", ["A 10.0.30.97"], id="host-name-in-capitals"),
        pytest.param("h-7", "SRV", ["SRV 0 100 80 h-7.SERVICE.ns.svc.cluster.local."], id="host-name-SRV"),
        pytest.param("h-7777", "AAAA", ["NODATA"], id="host-name-of-the-other-family"),
        pytest.param("node-7", "A", ["NXDOMAIN"], id="name-of-a-node"),
        pytest.param("zone-1", "A", ["NXDOMAIN"], id="name-of-a-zone"),
        pytest.param("web-6d4cf-7777", "A", ["NXDOMAIN"], id="name-of-a-Pod"),
        pytest.param("10-0-30-97", "A", ["NXDOMAIN"], id="address-of-an-endpoint-with-a-host-name"),
        pytest.param("nobody", "A", ["NXDOMAIN"], id="no-such-name"),
        pytest.param("rare.pin._zone", "A", ["A 10.0.30.97"], id="zone-of-one"),
        pytest.param("node-7.pin._zone", "A", ["NODATA"], id="zone-like-a-node"),
        pytest.param("h-7.pin._zone", "A", ["NODATA"], id="zone-like-a-host-name"),
    ],
)
async def test_a_name_costs_no_step_for_each_endpoint(
    serve: Serve,
    cluster: Cluster,
    units: list[int],
    *,
    service: str,
    front: str,
    rtype: str,
    expected: list[str],
) -> None:
    async with serve(cluster, "zonal") as chain:
        reply = await chain.ask(f"{front}.{service}.ns.svc.cluster.local", rtype)
    assert outcome(reply) == [line.replace("SERVICE", service) for line in expected]
    assert sum(units) < FEW_UNITS


@pytest.mark.parametrize("transport", list(Transport))
@pytest.mark.parametrize("service", ["large", "small", "same", "ports"])
@pytest.mark.parametrize(
    "name", ["{}", "_tcp.{}", "zone-1.pin._zone.{}", "same.{}", "h-9.{}", "_port-9999._tcp.{}"]
)
@pytest.mark.parametrize("rtype", ["A", "AAAA", "SRV", "TXT"])
async def test_no_more_is_made_than_the_message_holds(
    serve: Serve,
    cluster: Cluster,
    units: list[int],
    *,
    name: str,
    service: str,
    rtype: str,
    transport: Transport,
) -> None:
    client = fake_client(transport=transport)
    async with serve(cluster, "zonal") as chain:
        reply = await chain.ask(f"{name.format(service)}.ns.svc.cluster.local", rtype, client=client)
    least = {"A": 16, "SRV": 18 + len(f"{service}.ns.svc.cluster.local.")}.get(rtype, 12)
    records = sum(len(rrset.rdatas) for rrset in reply.answer)
    assert records <= (512 if transport is Transport.UDP else 65535) // least + 1
    assert sum(units) <= MOST + 1000


async def test_endpoints_that_are_not_ready_are_passed_by(
    serve: Serve, cluster: Cluster, units: list[int]
) -> None:
    async with serve(cluster) as chain:
        reply = await chain.ask("down.ns.svc.cluster.local")
    assert outcome(reply) == ["A 10.0.46.223"]
    assert sum(units) < FEW_UNITS


@pytest.mark.parametrize(
    ("name", "rtype"),
    [
        pytest.param("1.0.99.10.in-addr.arpa", "PTR", id="endpoints-of-one-Service"),
        pytest.param("2.0.99.10.in-addr.arpa", "PTR", id="very-many-Services"),
        pytest.param("cluster.local", "NS", id="name-servers"),
        pytest.param("ns.dns.cluster.local", "A", id="their-addresses"),
    ],
)
@pytest.mark.parametrize("transport", list(Transport))
async def test_names_of_an_address_are_given_as_far_as_there_is_room(
    serve: Serve, cluster: Cluster, units: list[int], *, name: str, rtype: str, transport: Transport
) -> None:
    zones, client = "cluster.local in-addr.arpa", fake_client(transport=transport)
    async with serve(cluster, zones=zones, addresses=("10.99.0.1",)) as chain:
        reply = await chain.ask(name, rtype, client=client)
    assert 0 < len(reply.answer[0].rdatas) <= (512 // 15 + 1 if transport is Transport.UDP else MOST // 25)
    assert reply.truncated or rtype == "A"
    assert sum(units) <= MOST + 1000
    assert len(chain.noted.rows()) < 30


async def answered(chain: Chain, name: str, rtype: str, *, times: int) -> set[str]:
    seen: set[str] = set()
    for _ in range(times):
        reply = await chain.ask(name, rtype, client=TCP)
        assert reply.truncated
        seen.update(outcome(reply))
    return seen


async def test_of_more_endpoints_than_a_message_holds_all_are_answered_in_turn(
    serve: Serve, cluster: Cluster
) -> None:
    async with serve(cluster) as chain:
        seen = await answered(chain, "turning.ns.svc.cluster.local", "A", times=60)
        small = await answered(chain, "small.ns.svc.cluster.local", "A", times=60)
    assert len(seen) == 5000
    assert len(small) > LARGE * 0.99


async def test_what_turns_is_remembered_for_a_moment_and_what_does_not_for_ever(
    serve: Serve, cluster: Cluster
) -> None:
    def is_remembered(reply: Reply, seconds: float) -> bool:
        return reply.reuse is not None and reply.reuse.until >= seconds

    async with serve(cluster) as chain:
        turned = await chain.ask("turning.ns.svc.cluster.local")
        whole = await chain.ask("h-7.large.ns.svc.cluster.local")
    assert is_remembered(turned, 0.5)
    assert not is_remembered(turned, 5)
    assert is_remembered(whole, 1e9)


async def test_what_is_too_large_to_be_searched_is_a_failure_and_no_missing_name(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = Cluster()
    for number in range(1, 200):
        cluster.slice("ns/odd", f"10.0.0.{number}", ports=[f"p-{number}:80"], suffix=str(number))
    cluster.headless("ns/odd", "10.0.1.1", ports=["last:80"])
    async with serve(cluster) as chain:
        assert (await chain.ask("_p-199._tcp.odd.ns.svc.cluster.local")).rcode == Rcode.NOERROR
        assert (await chain.ask("_p-200._tcp.odd.ns.svc.cluster.local")).rcode == Rcode.NXDOMAIN
        monkeypatch.setattr(Looking.__init__, "__defaults__", (150,))
        with pytest.raises(TooLarge):
            await chain.ask("_p-200._tcp.odd.ns.svc.cluster.local")
