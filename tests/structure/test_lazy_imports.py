"""A plugin's libraries are loaded only where a Corefile names it, so that a plain server stays small."""

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, sys
from clusterdns.configuration.settings import load
from clusterdns.configuration.registry import discover
from clusterdns.server import Server

async def serve(corefile):
    async with Server(load(corefile, file="", registry=discover(), environ={}, dns_port=0)):
        heavy = ("aiohttp", "prometheus_client", "msgspec", "yaml", "dns", "re2", "watchfiles")
        print(*(name for name in heavy if name in sys.modules))

asyncio.run(serve(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("directives", "loaded"),
    [
        pytest.param("whoami", [], id="plain"),
        pytest.param("log\nhosts", [], id="log and hosts"),
        pytest.param("health 127.0.0.1:0", ["aiohttp"], id="health"),
        pytest.param("ready 127.0.0.1:0", ["aiohttp"], id="ready"),
        pytest.param("prometheus 127.0.0.1:0", ["aiohttp", "prometheus_client"], id="prometheus"),
    ],
)
def test_what_is_loaded(directives: str, loaded: list[str]) -> None:
    corefile = f". {{\nbind 127.0.0.1\n{directives}\n}}\n"
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM, corefile], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == loaded
