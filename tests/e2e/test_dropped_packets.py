"""Packets that vanish without a word, which takes a network where that can be brought about."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from clusterdns.cluster.api import ApiSettings
from clusterdns.cluster.objects import Service
from clusterdns.cluster.reflector import ApiSource, SourceSettings
from testbed.far_network import FarNetwork, can_make, far_network

pytestmark = pytest.mark.e2e

HEALED_SECONDS = 45.0
MOST_REQUESTS = 12


class FarServer(NamedTuple):
    """A scripted API server behind a link."""

    url: str
    control: str

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def call(self, name: str, *args: object) -> object:
        body = json.dumps({"call": name, "args": args}).encode()
        with urllib.request.urlopen(self.control, body, timeout=10) as reply:
            return json.load(reply)["result"]

    def put_service(self, address: str) -> None:
        spec = {"clusterIP": address, "ports": [{"name": "http", "port": 80}]}
        self.call("put", {"kind": "Service", "metadata": {"namespace": "shop", "name": "web"}, "spec": spec})


@contextmanager
def far_server(far: FarNetwork) -> Generator[FarServer]:
    module = [sys.executable, "-m", "testbed.apiserver", "--host", far.address]
    with subprocess.Popen([*far.command, *module], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield FarServer(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


async def seconds_until(source: ApiSource, address: str) -> float:
    began = time.monotonic()
    async with asyncio.timeout(4 * HEALED_SECONDS):
        while True:
            web = source.table.objects(Service).get(("shop", "web"))
            if isinstance(web, Service) and web.cluster_ips == (bytes(map(int, address.split("."))),):
                return time.monotonic() - began
            await asyncio.sleep(0.05)


@pytest.mark.skipif(not can_make(), reason="takes root, ip and ss")
@pytest.mark.parametrize(
    "quiet_seconds", [pytest.param(0, id="the server sends at once"), pytest.param(20, id="20 s are quiet")]
)
async def test_a_connection_whose_packets_vanish_is_replaced_within_45_seconds(quiet_seconds: int) -> None:
    with far_network() as far, far_server(far) as server:
        server.put_service("10.96.0.1")
        async with ApiSource(SourceSettings(api=ApiSettings(endpoints=(server.url,)))) as source:
            await seconds_until(source, "10.96.0.1")
            await asyncio.sleep(2)
            assert await asyncio.to_thread(far.drop_connections, server.port) >= 3
            await asyncio.sleep(quiet_seconds)
            await asyncio.to_thread(server.put_service, "10.96.0.2")
            took = quiet_seconds + await seconds_until(source, "10.96.0.2")
            requests = await asyncio.to_thread(server.call, "count")
    assert took <= HEALED_SECONDS
    assert isinstance(requests, int)
    assert requests <= MOST_REQUESTS
