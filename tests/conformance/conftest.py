"""A cluster, servers that answer for it, and the ways to ask them that every rule is tried in."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clusterdns.answering.cookies import Cookies
from testbed.asking import Ask
from testbed.background import Background, in_background

LADDER = (1, 28, 29, 73, 74, 252, 4092, 5000)
LINKS = 1000
NOW = 1_700_000_000
SECRET = bytes(range(16))

COREFILE = """
cluster.local in-addr.arpa ip6.arpa {{
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        manifests {folder}
        pods verified
    }}
}}
"""

WAYS = [
    pytest.param((mode, transport, host), id=f"{mode}-{transport}-{host}")
    for mode in ("remembering", "forgetful", "twice")
    for transport in ("udp", "tcp")
    for host in ("127.0.0.1", "::1")
]


def described(kind: str, name: str, *, namespace: str = "", **rest: Any) -> dict[str, Any]:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata} | rest


def service(namespace: str, name: str, **spec: Any) -> dict[str, Any]:
    return described("Service", name, namespace=namespace, spec=spec)


def ports(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "port": 80 + place} for place, name in enumerate(names)]


def endpoint_slice(service: str, endpoints: list[dict[str, Any]], *, family: str) -> dict[str, Any]:
    labels = {"kubernetes.io/service-name": service}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": f"{service}-{family.lower()}", "namespace": "big", "labels": labels},
        "addressType": family,
        "ports": [{"name": "http", "port": 8080}],
        "endpoints": endpoints,
    }


def headless(count: int) -> Iterator[dict[str, Any]]:
    """A Service `nCOUNT` in the namespace `big` with as many IPv4 endpoints."""
    yield service("big", f"n{count}", clusterIP="None", ports=ports("http"))
    addresses = [f"10.{128 + count % 97}.{place // 256}.{place % 256}" for place in range(count)]
    yield endpoint_slice(f"n{count}", [{"addresses": [each]} for each in addresses], family="IPv4")


def chain(links: int) -> Iterator[dict[str, Any]]:
    """Services `linkN` that are aliases of each other, the last one of `web`."""
    for place in range(links):
        target = f"link{place + 1}" if place + 1 < links else "web"
        external_name = f"{target}.shop.svc.cluster.local"
        yield service("shop", f"link{place}", type="ExternalName", externalName=external_name)


def cluster() -> Iterator[dict[str, Any]]:
    for namespace in ("shop", "big"):
        yield described("Namespace", namespace)
    yield service("shop", "web", clusterIP="10.96.0.10", ports=ports("http", "https"))
    yield service(
        "shop", "two", clusterIP="10.96.0.11", clusterIPs=["10.96.0.11", "fd00::11"], ports=ports("http")
    )
    yield service("shop", "alias", type="ExternalName", externalName="web.shop.svc.cluster.local")
    yield service("shop", "loop", type="ExternalName", externalName="loop.shop.svc.cluster.local")
    yield service("shop", "away", type="ExternalName", externalName="api.example.com")
    yield from chain(LINKS)
    for count in LADDER:
        yield from headless(count)


@pytest.fixture(scope="session")
def corefile(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("cluster")
    items = list(cluster())
    Path(folder, "cluster.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return COREFILE.format(folder=folder)


@pytest.fixture(scope="session")
def remembering(corefile: str) -> Iterator[Background]:
    """A server with a packet cache."""
    with in_background(corefile, cookies=Cookies(SECRET, lambda: NOW)) as server:
        yield server


@pytest.fixture(scope="session")
def forgetful(corefile: str) -> Iterator[Background]:
    """A server without one."""
    with in_background(corefile, packet_cache=False, cookies=Cookies(SECRET, lambda: NOW)) as server:
        yield server


@pytest.fixture(params=WAYS)
def ask(request: pytest.FixtureRequest, remembering: Background, forgetful: Background) -> Ask:
    """Asks over UDP and TCP, IPv4 and IPv6, with the packet cache on, off, and every packet twice."""
    mode, transport, host = request.param
    return asking(forgetful if mode == "forgetful" else remembering, transport, host, twice=mode == "twice")


@pytest.fixture(params=[way for way in WAYS if "udp" in str(way.id)])
def ask_udp(request: pytest.FixtureRequest, remembering: Background, forgetful: Background) -> Ask:
    """The same, over UDP only."""
    mode, transport, host = request.param
    return asking(forgetful if mode == "forgetful" else remembering, transport, host, twice=mode == "twice")


@pytest.fixture(params=[way for way in WAYS if "tcp" in str(way.id)])
def ask_tcp(request: pytest.FixtureRequest, remembering: Background, forgetful: Background) -> Ask:
    """The same, over TCP only."""
    mode, transport, host = request.param
    return asking(forgetful if mode == "forgetful" else remembering, transport, host, twice=mode == "twice")


def asking(server: Background, transport: str, host: str, *, twice: bool) -> Ask:
    send = server.udp if transport == "udp" else server.tcp
    return Ask(partial(send, host=host), over_udp=transport == "udp", twice=twice)
