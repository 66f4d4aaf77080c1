"""The loop that a server runs on measures its turns, and is watched once it serves."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from clusterdns.cli.event_loop import (
    BOUND_VARIABLE,
    LONGEST_TURN,
    MeasuredLoop,
    TurnWatch,
    packages_of,
    watch_of,
)
from clusterdns.cli.source import Fault
from clusterdns.configuration.registry import discover
from clusterdns.telemetry.turn_log import HELD_UP, QUIET_SECONDS
from testbed.peers import Peer, free_port
from testbed.wire import query

BLOCKING = """
from blocking_library import wait
from clusterdns.plugin import Plugin

def build(settings, context):
    async def answer(query, next):
        wait()
        return await next(query)
    return answer

plugin = Plugin(
    name="blocking", help="Blocks.", before="whoami", parse=lambda directive: None, build=build
)
"""


@pytest.mark.parametrize(
    ("environ", "watch"),
    [
        pytest.param({}, TurnWatch(bound=LONGEST_TURN, quiet=QUIET_SECONDS), id="by default"),
        pytest.param({BOUND_VARIABLE: ""}, TurnWatch(bound=LONGEST_TURN, quiet=QUIET_SECONDS), id="empty"),
        pytest.param({BOUND_VARIABLE: "10"}, TurnWatch(bound=0.01, quiet=0.0), id="each over 10 ms"),
        pytest.param({BOUND_VARIABLE: "0"}, TurnWatch(bound=0.0, quiet=0.0), id="none"),
    ],
)
def test_the_bound_may_stand_in_the_environment(environ: Mapping[str, str], watch: TurnWatch) -> None:
    assert watch_of(environ) == watch


@pytest.mark.parametrize("text", ["ten", "-1", "10ms", "0.5"])
def test_a_bound_that_is_no_number_is_a_fault(text: str) -> None:
    with pytest.raises(Fault, match=f'{BOUND_VARIABLE}: expected a number of milliseconds, found "{text}"'):
        watch_of({BOUND_VARIABLE: text})


def test_plugins_are_known_by_their_packages() -> None:
    assert packages_of(discover())["clusterdns_plugins.kubernetes"] == "kubernetes"


@pytest.mark.parametrize("bound", [0.0, 0.2])
def test_turns_are_counted_from_the_moment_that_it_serves(bound: float) -> None:
    loop = MeasuredLoop(TurnWatch(bound=bound), {})

    async def life() -> None:
        await asyncio.sleep(0)
        loop.serve()
        assert loop.selector.ended == 0
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert loop.selector.ended == 2

    loop.run(life(), on_memory_error=pytest.fail)


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [pytest.param({}, 0.3, id="by default"), pytest.param({BOUND_VARIABLE: "10"}, 0.03, id="over 10 ms")],
)
def test_a_plugin_that_blocks_is_named_in_the_log(
    tmp_path: Path, environ: Mapping[str, str], seconds: float
) -> None:
    (tmp_path / "blocking_plugin.py").write_text(BLOCKING)
    (tmp_path / "blocking_library.py").write_text(f"import time\ndef wait():\n    time.sleep({seconds})\n")
    metadata = tmp_path / "blocking-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: blocking\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[clusterdns.plugins]\nblocking = blocking_plugin:plugin\n")
    port = free_port()
    (tmp_path / "Corefile").write_text(f".:{port} {{\n bind 127.0.0.1\n blocking\n whoami\n}}\n")
    with subprocess.Popen(
        [sys.executable, "-m", "clusterdns"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), **environ},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline() for _ in range(3)]  # those of the start
        Peer(port).udp(query("a.example"))
        while "blocking_library:" not in lines[-1]:
            lines.append(server.stdout.readline())
        server.terminate()
    assert lines[-2:] == ["  blocking_plugin:7 build.<locals>.answer\n", "  blocking_library:3 wait\n"]
    warning = next(line for line in reversed(lines) if line.startswith("[WARNING]"))
    assert warning.startswith(f"[WARNING] {HELD_UP} ")
    assert warning.endswith(' by plugin "blocking" at Corefile:3:2\n')
