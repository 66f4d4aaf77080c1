"""The scripted API server from another process: commands over a second port."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from testbed.apiserver import ApiServer
from testbed.apiserver.client import RawClient
from testbed.apiserver.control import Control

Command = Callable[..., Awaitable[tuple[int, Any]]]
WEB = {"kind": "Service", "metadata": {"namespace": "shop", "name": "web"}}


@pytest.fixture
async def command(server: ApiServer) -> AsyncGenerator[Command, None]:
    """Post a command; the code and the body's only member."""
    async with Control(server) as control, aiohttp.ClientSession() as session:

        async def post(**members: Any) -> tuple[int, Any]:
            async with session.post(control.url, json=members) as response:
                (value,) = (await response.json()).values()
                return response.status, value

        yield post


async def test_methods_and_properties(server: ApiServer, client: RawClient, command: Command) -> None:
    assert await command(call="put", args=[WEB]) == (200, 1001)
    assert await command(call="version") == (200, 1001)
    await command(call="fail_next", args=["list"], kwargs={"status": 410})
    assert (await client.list("services")).code == 410
    code, (request,) = await command(call="asked", args=["list", "services"])
    assert (code, request["verb"], request["params"]) == (200, "list", {})
    assert server.count() == 1


async def test_the_server_stops_and_starts(client: RawClient, command: Command) -> None:
    await command(call="stop")
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.list("services")
    await command(call="start")
    assert (await client.list("services")).code == 200


async def test_tokens(client: RawClient, command: Command) -> None:
    await command(set={"tokens": ["good"]})
    assert (await client.list("services")).code == 403
    await command(set={"tokens": None})
    assert (await client.list("services")).code == 200


@pytest.mark.parametrize(
    ("members", "words"),
    [
        pytest.param({"call": "nix"}, "no attribute 'nix'", id="unknown"),
        pytest.param({"call": "_engine"}, 'expected a public method or property, found "_engine"', id="own"),
        pytest.param({"call": "put", "args": [{"kind": "Nix"}]}, 'found "Nix"', id="kind"),
        pytest.param({"call": "expire", "args": [1, 2, 3]}, "positional arguments", id="arguments"),
        pytest.param({"call": 5}, "Expected `str`", id="command"),
        pytest.param({"call": "load_folder", "args": ["/nix/nix"]}, "No such file", id="folder"),
    ],
)
async def test_a_wrong_command_is_answered(command: Command, members: dict[str, Any], words: str) -> None:
    code, error = await command(**members)
    assert code == 400
    assert words in error


async def test_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "web.json").write_text(json.dumps({"kind": "List", "items": [WEB]}), encoding="utf-8")
    arguments = [sys.executable, "-m", "testbed.apiserver", "--folder", str(tmp_path)]
    process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        listening = json.loads(await process.stdout.readline())
        async with RawClient(listening["url"]) as client:
            assert (await client.list("services")).names == ["web"]
        async with (
            aiohttp.ClientSession() as session,
            session.post(listening["control"], json={"call": "count"}) as response,
        ):
            assert await response.json() == {"result": 1}
    finally:
        process.terminate()
        assert await process.wait() == 0
