"""Questions by dnsperf, and what a server spent on them."""

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.process import cpu_seconds

CLIENT_CORE: Final = "1"
TIME_OUT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of question.

    lines: what dnsperf reads, for the round with that number: new ones where nothing may be asked twice.
    runs: how often it reads them. options: its own. rate: queries a second, 0 for as many as there can be.
    """

    name: str
    lines: Callable[[int], Sequence[str]]
    runs: int = 1
    options: tuple[str, ...] = ("-q", "100")
    rate: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Microseconds of CPU an answered query, and how many were lost."""

    microseconds: float
    lost: int


def ask(kind: Kind, number: int, *, port: int, pid: int) -> Round:
    """One round of a kind of question to the server at `port`, which is the process `pid`.

    Raises:
        RuntimeError: dnsperf does not say what it did.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder, "questions")
        file.write_text("\n".join(kind.lines(number)) + "\n", encoding="utf-8")
        command = [
            "taskset",
            "-c",
            CLIENT_CORE,
            "dnsperf",
            "-s",
            "127.0.0.1",
            "-p",
            str(port),
            "-d",
            str(file),
        ]
        command += ["-n", str(kind.runs), "-t", str(TIME_OUT), "-l", "20", *kind.options]
        command += ["-Q", str(kind.rate)] if kind.rate else []
        before = cpu_seconds(pid)
        printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
        spent = cpu_seconds(pid) - before
    sent, completed = _number(printed, "sent"), _number(printed, "completed")
    return Round(microseconds=spent / max(completed, 1) * 1e6, lost=sent - completed)


def _number(printed: str, word: str) -> int:
    found = re.search(rf"Queries {word}:\s+(\d+)", printed)
    if found is None:
        raise RuntimeError(f"dnsperf does not say how many queries it has {word}:\n{printed}")
    return int(found[1])
