"""Programs that do not end, print without end, or leave others behind: bounded, and nothing remains."""

import asyncio
import errno
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from clusterdns.cluster.api import ApiConfigError, ProcessEnvironment
from clusterdns.cluster.api.authentication import exec_process
from clusterdns.cluster.api.authentication.exec_plugin import ExecPlugin
from clusterdns.cluster.api.authentication.exec_process import LARGEST_OUTPUT, ExecProcess
from clusterdns.cluster.api.authentication.exec_program import Program

PATIENCE = 0.1
LONG = 60.0


def shell(script: str, **environment: str) -> Program:
    return Program(
        command="sh",
        arguments=("-c", script),
        environment={"PATH": "/usr/bin:/bin", **environment},
        api_version="client.authentication.k8s.io/v1",
        install_hint="",
        origin="exec plugin",
    )


async def failure(script: str, *, patience: float = LONG) -> str:
    with pytest.raises(ApiConfigError) as caught:
        await ExecProcess(shell(script), patience=patience).run()
    return str(caught.value)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def written(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 (nobody tells)
            await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exec_process, "OUTPUT_SECONDS", 0.1)
    monkeypatch.setattr(exec_process, "TERMINATE_SECONDS", 0.05)


@pytest.fixture(autouse=True)
def nothing_remains() -> Iterator[None]:
    """No child that is not reaped, no descriptor, no thread."""
    before = len(os.listdir("/proc/self/fd"))
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert len(os.listdir("/proc/self/fd")) == before
    for thread in threading.enumerate():
        if thread.name == "exec plugin":
            thread.join(5)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("exec sleep 60", id="sleeps"),
        pytest.param("sleep 60 & wait", id="has-a-child"),
        pytest.param("trap '' TERM; while :; do sleep 0.01; done", id="ignores-sigterm"),
        pytest.param("exec yes >/dev/null", id="is-busy"),
        pytest.param("exec yes >&2", id="complains-without-end"),
        pytest.param("exec >&-; exec sleep 60", id="closes-its-output"),
        pytest.param("kill -STOP $$", id="is-stopped"),
    ],
)
async def test_one_that_does_not_end_is_ended_with_its_group(script: str) -> None:
    assert await failure(script, patience=PATIENCE) == "exec plugin did not end within 0.1 s"


async def test_one_that_prints_without_end_is_ended_at_once() -> None:
    assert await failure("exec yes") == f"exec plugin printed more than {LARGEST_OUTPUT} octets"


async def test_one_that_reads_finds_nothing_to_read() -> None:
    assert await ExecProcess(shell("cat; printf x"), patience=LONG).run() == b"x"


@pytest.mark.parametrize(
    "detach",
    [
        pytest.param("sleep 60 &", id="child"),
        pytest.param("(sleep 60 &)", id="grandchild"),
        pytest.param("trap '' HUP TERM; (sleep 60 &) &", id="that-ignores-signals"),
    ],
)
@pytest.mark.parametrize("code", [0, 3])
async def test_what_it_leaves_behind_is_ended(tmp_path: Path, detach: str, code: int) -> None:
    pids = tmp_path / "pids"
    script = detach.replace("sleep 60", f"sh -c 'echo $$ >>{pids}; exec sleep 60'")
    script += f"\nwhile [ ! -s {pids} ]; do :; done; printf x; exit {code}"
    process = ExecProcess(shell(script), patience=LONG)
    if code:
        with pytest.raises(ApiConfigError, match="failed with status 3"):
            await process.run()
    else:
        assert await process.run() == b"x"
    await until(lambda: not any(map(is_alive, written(pids))))


async def test_a_daemon_with_a_session_of_its_own_holds_up_nobody(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"setsid sh -c 'echo $$ >{pids}; exec sleep 60' & while [ ! -s {pids} ]; do :; done; printf x"
    assert await ExecProcess(shell(script), patience=LONG).run() == b"x"
    (pid,) = written(pids)
    os.kill(pid, signal.SIGKILL)


async def test_what_a_child_prints_after_its_end_counts() -> None:
    script = "(sleep 0.02; printf later) & printf 'at once, '"
    assert await ExecProcess(shell(script), patience=LONG).run() == b"at once, later"


async def test_one_whose_asker_goes_away_is_ended(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    plugin = ExecPlugin(shell(f"sleep 60 & echo $$ $! >{pids}; wait"), ProcessEnvironment(environment={}))
    asking = asyncio.ensure_future(plugin.current())
    waiting = asyncio.ensure_future(plugin.current())
    await until(lambda: pids.exists() and len(written(pids)) == 2)
    waiting.cancel()
    asking.cancel()
    await asyncio.gather(asking, waiting, return_exceptions=True)
    assert asking.cancelled()
    await until(lambda: not any(map(is_alive, written(pids))))


async def test_who_asks_after_one_that_went_away_does_not_wait(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    script = f"if [ -e {flag} ]; then echo no; else touch {flag}; exec sleep 60; fi"
    plugin = ExecPlugin(shell(script), ProcessEnvironment(environment={}))
    asking = asyncio.ensure_future(plugin.current())
    await until(flag.exists)
    asking.cancel()
    with pytest.raises(ApiConfigError, match="printed no ExecCredential"):
        await plugin.current()


def raises(error: Exception) -> Callable[..., NoReturn]:
    def popen(*_: object, **__: object) -> NoReturn:
        raise error

    return popen


NUMBERS = ("ENOENT", "EACCES", "ENOEXEC", "E2BIG", "EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "ETXTBSY")


def system_error(name: str) -> OSError:
    number = getattr(errno, name)
    return OSError(number, os.strerror(number), "secret")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        *(pytest.param(system_error(name), os.strerror(getattr(errno, name)), id=name) for name in NUMBERS),
        pytest.param(ValueError("secret"), "ValueError", id="value"),
        pytest.param(subprocess.SubprocessError("secret"), "SubprocessError", id="subprocess"),
        pytest.param(UnicodeEncodeError("ascii", "secret", 0, 1, "x"), "UnicodeEncodeError", id="encoding"),
    ],
)
async def test_one_that_cannot_be_started(
    monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    monkeypatch.setattr(subprocess, "Popen", raises(error))
    assert await failure("true") == f"exec plugin cannot be run: {sentence}"


async def test_arguments_that_are_too_long() -> None:
    assert await failure("x" * 4_000_000) == f"exec plugin cannot be run: {os.strerror(errno.E2BIG)}"


async def test_one_that_hangs_while_it_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    back = threading.Event()

    def hang(*_: object, **__: object) -> NoReturn:
        back.wait()
        raise FileNotFoundError(errno.ENOENT, "gone")

    monkeypatch.setattr(subprocess, "Popen", hang)
    monkeypatch.setattr(exec_process, "END_SECONDS", 0.05)
    process = ExecProcess(shell("true"), patience=0.05)
    with pytest.raises(ApiConfigError, match="can neither be started nor ended"):
        await process.run()
    with pytest.raises(ApiConfigError, match="could not be ended after its last run"):
        await process.run()
    back.set()
    for thread in threading.enumerate():
        if thread.name == "exec plugin":
            thread.join()
