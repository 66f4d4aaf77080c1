"""The command as a process of its own: what only a process can show."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

Process: TypeAlias = subprocess.Popen[str]
Start: TypeAlias = Callable[..., Process]

COREFILE = ".:0 {\n    bind 127.0.0.1\n    whoami\n}\n"
STUCK = """
import logging, time
from clusterdns.plugin import Plugin

def build(settings, context):
    logging.getLogger("clusterdns.plugin.stuck").info("started")
    time.sleep(60)

plugin = Plugin(
    name="stuck", help="Never starts.", before="whoami", parse=lambda directive: None, build=build
)
"""
INTERRUPTED = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "clusterdns.cli.dispatch":
            os.kill(os.getpid(), signal.{name})

sys.meta_path.insert(0, Interrupting())
from clusterdns.cli import main
sys.exit(main())
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `clusterdns` in a folder with a Corefile, and ends what a test leaves."""
    (tmp_path / "Corefile").write_text(COREFILE)
    processes: list[Process] = []

    def start(*arguments: str, stdout: int = subprocess.PIPE, through: Sequence[str] = ()) -> Process:
        process = subprocess.Popen(
            [*through, sys.executable, "-m", "clusterdns", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        with process:  # closes its pipes
            process.wait()


def line_of(process: Process) -> str:
    """The next line on standard output, without its end."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def wait_until_started(process: Process) -> None:
    assert [line_of(process)[:6], line_of(process), line_of(process)[:6]] == [
        ".:0 on",
        "clusterdns-0.1.0",
        "linux/",
    ]


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for what another process does; the test's own time-out ends it."""
    while not condition():
        time.sleep(0.005)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_and_ends_with_0(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    process = start("-pidfile", "pid")
    wait_until_started(process)
    assert (tmp_path / "pid").read_text() == f"{process.pid}\n"  # written before the lines are
    process.send_signal(number)
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert out == f"[INFO] {number.name}: finishing what is in flight, then ending\n"
    assert not (tmp_path / "pid").exists()


def test_quit_ends_it_at_once_and_takes_the_pid_file_along(start: Start, tmp_path: Path) -> None:
    process = start("-quiet", "-pidfile", "pid")
    wait_for((tmp_path / "pid").exists)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGQUIT)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (0, "[INFO] SIGQUIT: ending at once\n", "")
    assert not (tmp_path / "pid").exists()


@pytest.fixture
def stuck_plugin(start: Start, tmp_path: Path) -> Callable[[str], Process]:
    """Starts a server with an installed plugin of this text, named stuck."""
    metadata = tmp_path / "stuck-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: stuck\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[clusterdns.plugins]\nstuck = stuck_plugin:plugin\n")
    (tmp_path / "Corefile").write_text(COREFILE.replace("whoami", "stuck"))

    def starting(text: str) -> Process:
        (tmp_path / "stuck_plugin.py").write_text(text)
        return start()

    return starting


@pytest.fixture
def stuck(stuck_plugin: Callable[[str], Process]) -> Process:
    """A server that hangs in a plugin which blocks whoever builds it."""
    return stuck_plugin(STUCK)


HUNG = """
import asyncio, logging, threading
from clusterdns.plugin import Plugin

class Hung:
    async def __aenter__(self):
        never = threading.Event()
        threading.Thread(target=never.wait).start()
        self.waiting = asyncio.create_task(asyncio.to_thread(never.wait))

    async def __aexit__(self, *_):
        pass

plugin = Plugin(
    name="stuck", help="Hangs.", before="whoami", parse=lambda directive: None, build=lambda *_: Hung()
)
"""


def test_threads_that_hang_do_not_hold_up_the_end(stuck_plugin: Callable[[str], Process]) -> None:
    process = stuck_plugin(HUNG)
    wait_until_started(process)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert out == "[INFO] SIGTERM: finishing what is in flight, then ending\n"


def test_a_second_interrupt_ends_it_with_2_whatever_holds_it_up(stuck: Process) -> None:
    assert line_of(stuck) == "[INFO] plugin/stuck: started"
    stuck.send_signal(signal.SIGINT)
    assert line_of(stuck) == "[INFO] SIGINT: finishing what is in flight, then ending"
    stuck.send_signal(signal.SIGINT)
    out, err = stuck.communicate()
    assert (stuck.returncode, out, err) == (2, "[INFO] SIGINT again: ending at once\n", "")


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_while_it_is_loaded_shows_no_traceback(name: str, status: int) -> None:
    code = INTERRUPTED.replace("{name}", name)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_a_bad_corefile_shows_every_mistake_and_binds_nothing(start: Start, tmp_path: Path) -> None:
    (tmp_path / "Corefile").write_text(COREFILE.replace("whoami", "whoami 1\n    log\n    debug x"))
    process = start("-pidfile", "pid")
    out, err = process.communicate()
    assert (process.returncode, out) == (1, "")
    places = [line.split(" ")[0] for line in err.splitlines()]
    assert places == ["Corefile:3:12:", "Corefile:5:11:"]
    assert not (tmp_path / "pid").exists()


def test_a_port_in_use_is_a_sentence_with_the_address(start: Start, tmp_path: Path) -> None:
    (tmp_path / "Corefile").write_text(COREFILE.replace(".:0", "."))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start("-p", str(port), "-pidfile", "pid")
        out, err = process.communicate()
    assert (process.returncode, out, len(err.splitlines())) == (1, "", 1)
    assert f"127.0.0.1:{port}" in err
    assert not (tmp_path / "pid").exists()


def test_standard_streams_that_are_closed_are_no_matter(start: Start, tmp_path: Path) -> None:
    closing = ["sh", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "sh"]
    process = start("-pidfile", "pid", through=closing)
    wait_for((tmp_path / "pid").exists)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0


def test_a_closed_pipe_does_not_end_the_server(start: Start, tmp_path: Path) -> None:
    process = start("-pidfile", "pid")
    assert process.stdout is not None
    process.stdout.close()
    wait_for((tmp_path / "pid").exists)
    process.send_signal(signal.SIGUSR1)
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert (process.wait(), process.stderr.read()) == (0, "")


def test_a_reader_that_leaves_early_is_no_traceback(start: Start) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start("plugins", stdout=writing)
    os.close(writing)
    _, err = process.communicate()
    assert (process.returncode, err) == (1, "")
