"""The processes of an attack, and the figures that they and the server under attack print."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from bench.hostile.rates import RELISTS, relist_seconds
from bench.process import cpu_seconds
from bench.watch.apiserver import RemoteServer
from bench.watch.cluster import Size
from bench.watch.process import OTHER_CORE, SUBJECT_CORE, memory, running
from bench.watch.subject import Subject

END_SECONDS: Final = 30.0
"""That a process gets to end after its time."""

SAMPLE_SECONDS: Final = 0.25

PRIORITY: Final = -10
AUTOGROUP: Final = Path("/proc/self/autogroup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the pages of the server under attack are."""

    ready: int
    metrics: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The figures of each process by its name, and the server's memory and processor time."""

    said: dict[str, dict[str, float]]
    peak: float
    share: float


class Memory(threading.Thread):
    """The most resident memory of a process while this runs, in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self._ended = threading.Event()
        self._pid = pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self.most = max(self.most, memory(self._pid)["rss"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which parts, for how many seconds, over a cluster of which size."""

    parts: tuple[str, ...]
    seconds: float
    size: Size


def attack(api: RemoteServer, server: Subject, ports: Ports, *, plan: Plan, folder: Path) -> Outcome:
    """Run all of them."""
    with ExitStack() as stack:
        echo = stack.enter_context(_process("echo", folder, core=SUBJECT_CORE))
        echo_port = _line(echo)
        seconds = plan.seconds
        common = ("--seconds", str(seconds))
        parts = ("--parts", *plan.parts)
        at_server = ("--port", str(server.port))
        cluster = ("--services", str(plan.size.services), "--endpoints", str(plan.size.endpoints))
        pages = ("--tls-port", str(ports.metrics), "--page-port", str(ports.ready))
        arguments = {
            "polite": (*at_server, "--echo-port", echo_port, *cluster),
            "neighbour": ("--api", api.line, *at_server),
            "tenant": ("--api", api.line, *parts),
            "client": (*at_server, *pages, *parts),
        }
        processes = {
            name: stack.enter_context(_process(name, folder, *own, *common, core=OTHER_CORE))
            for name, own in arguments.items()
        }
        for process in (echo, server.process, processes["polite"]):
            prefer(process.pid)
        measured = stack.enter_context(Memory(server.pid))
        before = cpu_seconds(server.pid)
        _relist(api, seconds=seconds, never=RELISTS not in plan.parts)
        share = (cpu_seconds(server.pid) - before) / seconds
        said = {name: _said(name, process, folder) for name, process in processes.items()}
        return Outcome(said=said, peak=measured.most, share=share)


def prefer(pid: int) -> None:
    """Let a process come to run before the hostile ones, if we may."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, PRIORITY)


@contextmanager
def preferred_session() -> Generator[None]:
    """Let all processes of this session come to run before those of others, if we may: what is measured is
    how long a server takes, not how long it waits for a busy machine (sched(7), autogroup)."""
    with suppress(OSError):
        AUTOGROUP.write_text(str(PRIORITY), encoding="ascii")
    try:
        yield
    finally:
        with suppress(OSError):
            AUTOGROUP.write_text("0", encoding="ascii")


def _relist(api: RemoteServer, *, seconds: float, never: bool) -> None:
    """Wait so long, and make the server list without streaming meanwhile."""
    end = time.perf_counter() + seconds
    pause = relist_seconds(seconds)
    while (left := end - time.perf_counter()) > 0:
        time.sleep(min(left, pause))
        if left > pause and not never:
            api.call("refuse_streaming_list", times=3)
            api.call("expire")


@contextmanager
def _process(name: str, folder: Path, *arguments: str, core: int) -> Generator["subprocess.Popen[str]"]:
    command: Sequence[str] = (sys.executable, "-m", f"bench.hostile.{name}", *arguments)
    with running(command, core=core, log=folder / f"{name}.err", output=subprocess.PIPE) as process:
        yield process


def _line(process: "subprocess.Popen[str]") -> str:
    """The next line that a process prints."""
    return process.stdout.readline().strip() if process.stdout else ""


def _said(name: str, process: "subprocess.Popen[str]", folder: Path) -> dict[str, float]:
    """The figures that a process prints.

    Raises:
        RuntimeError: it found nothing.
    """
    deadline = threading.Timer(END_SECONDS, process.kill)
    deadline.start()
    line = _line(process)
    deadline.cancel()
    if not line:
        raise RuntimeError(f"{name} did not end: {(folder / f'{name}.err').read_text(encoding='utf-8')}")
    said: dict[str, Any] = json.loads(line)
    return said
