"""A server in a process of its own, and its CPU time by the kernel."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from testbed.long_turns import WATCHED, report, turns_in

READY_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(corefile: Path, port: int, *, watched: bool = True) -> Generator[int]:
    """Serve `corefile`, whose blocks name no port, on `port`; the process id.

    `watched`: print the turns of its loop over 10 ms when it has ended; that takes 2 % of a core.

    Raises:
        RuntimeError: it does not start.
    """
    command = [sys.executable, "-m", "clusterdns", "-conf", str(corefile), "-dns.port", str(port)]
    environment = os.environ | (WATCHED if watched else {})
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as server:
        try:
            if server.stdout is None:
                raise RuntimeError("the server has no output")
            _wait_until_ready(server.stdout)
            yield server.pid
        finally:
            server.terminate()
            if server.stdout is not None:
                print_turns(server.stdout.read())


def print_turns(log: str) -> None:
    """Print what the log of a server tells of turns over 10 ms."""
    for line in report(turns_in(log)):
        print(f"  {line}", flush=True)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def _wait_until_ready(output: IO[str]) -> None:
    """Read what the server prints until it says its version: then it serves."""
    deadline = time.monotonic() + READY_SECONDS
    for line in output:
        if line.startswith("clusterdns-"):
            return
        if time.monotonic() > deadline:
            break
    raise RuntimeError("the server did not start")
