"""Processes: their cores, and their memory by the kernel."""

import os
import random
import re
import socket
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

CORES: Final = tuple(sorted(os.sched_getaffinity(0)))
SUBJECT_CORE: Final = CORES[0]
OTHER_CORE: Final = CORES[-1]
PATIENCE_SECONDS: Final = 10.0
PORTS: Final = range(20_000, 30_000)
"""Below those that the kernel gives to clients: an asker that waits for a server must not take its port."""


def free_port() -> int:
    """A port that nobody has, of UDP or TCP."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            try:
                stream.bind(("127.0.0.1", port))
                datagram.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


@contextmanager
def on_core(core: int) -> Generator[None]:
    """Run processes that this thread starts meanwhile on that core only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def running(
    command: Sequence[str],
    *,
    core: int,
    log: Path,
    output: int | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Generator[subprocess.Popen[str]]:
    """A process for as long as this is entered. It writes to `log`, or its standard output to `output`.

    `environment`: what it gets beside our own variables.
    """
    with log.open("w", encoding="utf-8") as file:
        with on_core(core):
            stdout: int | IO[str] = file if output is None else output
            process = subprocess.Popen(
                command, stdout=stdout, stderr=file, env=os.environ | environment, text=True
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def memory(pid: int) -> dict[str, float]:
    """Megabytes: `rss` and `pss` now, `peak` of the former since `forget_peak` or the start."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    return {
        "rss": _megabytes(status, "VmRSS"),
        "peak": _megabytes(status, "VmHWM"),
        "pss": _megabytes(rollup, "Pss"),
    }


def forget_peak(pid: int) -> None:
    """Let the peak be counted from now (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def _megabytes(text: str, field: str) -> float:
    found = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0
