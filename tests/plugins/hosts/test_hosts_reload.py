"""The hosts file is read again when it changes, and exactly what it changes is answered anew."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, Position
from clusterdns.dns.constants import Rcode
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Query, Reply
from clusterdns.rows import Noted
from clusterdns.supervision import supervised
from clusterdns.testing.chain import Chain, lines, running
from clusterdns.testing.contexts import FakeContext
from clusterdns.testing.serving import serving
from clusterdns_plugins.hosts import Settings, plugin
from clusterdns_plugins.hosts.file import HostsFile
from clusterdns_plugins.hosts.handler import Hosts, build


class Ticker:
    """A sleep that ends when the test says so."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._go_on = asyncio.Event()
        self._waits = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._waits.set()
        await self._go_on.wait()
        self._go_on.clear()

    async def tick(self) -> None:
        """Let one sleep end, and wait until the next one begins."""
        await self._waits.wait()
        self._waits.clear()
        self._go_on.set()
        await self._waits.wait()


@asynccontextmanager
async def followed(file: HostsFile) -> AsyncGenerator[HostsFile]:
    """Read and follow a file, as the server does for its plugin."""
    async with file, supervised("the file", file.follow):
        yield file


def write(path: Path, text: str, *, at: int) -> None:
    """Write the file with a time of modification of its own."""
    path.write_text(text)
    os.utime(path, (at, at))


def addresses(file: HostsFile, name: str) -> list[str]:
    return [a.to_text() for a in file.table.v4.get(Name.from_text(name).key, ())]


async def refusing(query: Query) -> Reply:
    return Reply(rcode=Rcode.REFUSED)


async def noted_by(chain: Chain, name: str, rtype: str = "A") -> Noted:
    await chain.ask(name, rtype)
    return chain.noted


async def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path, ticker = tmp_path / "hosts", Ticker()
    write(path, "192.0.2.1 a.org", at=1)
    async with followed(HostsFile(path, 5.0, sleep=ticker.sleep)) as file:
        assert addresses(file, "a.org") == ["192.0.2.1"]
        write(path, "192.0.2.2 a.org", at=2)
        await ticker.tick()
        assert addresses(file, "a.org") == ["192.0.2.2"]
    assert set(ticker.slept) == {5.0}


@pytest.mark.parametrize(
    ("text", "at", "read"),
    [
        pytest.param("192.0.2.2 a.org", 1, False, id="same time, same size"),
        pytest.param("192.0.2.2 a.org", 2, True, id="another time"),
        pytest.param("192.0.2.22 a.org", 1, True, id="another size"),
    ],
)
async def test_a_file_is_another_by_time_or_size(text: str, at: int, read: bool, tmp_path: Path) -> None:
    path, ticker = tmp_path / "hosts", Ticker()
    write(path, "192.0.2.1 a.org", at=1)
    async with followed(HostsFile(path, 5.0, sleep=ticker.sleep)) as file:
        write(path, text, at=at)
        await ticker.tick()
        assert (addresses(file, "a.org") != ["192.0.2.1"]) == read


async def test_reload_0_reads_once(tmp_path: Path) -> None:
    path, ticker = tmp_path / "hosts", Ticker()
    write(path, "192.0.2.1 a.org", at=1)
    async with HostsFile(path, 0.0, sleep=ticker.sleep) as file:
        assert addresses(file, "a.org") == ["192.0.2.1"]
    context = FakeContext()
    for reload in (0.0, 5.0):
        build(Settings(file=path, reload=reload), context)
    assert len(context.works) == 1


async def test_a_file_that_goes_away_is_logged_once_and_answered_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, ticker = tmp_path / "hosts", Ticker()
    write(path, "192.0.2.1 a.org", at=1)
    async with followed(HostsFile(path, 5.0, sleep=ticker.sleep)) as file:
        path.unlink()
        for _ in range(3):
            await ticker.tick()
        assert addresses(file, "a.org") == ["192.0.2.1"]
        assert caplog.messages == [f"the hosts file {path}: No such file or directory"]
        write(path, "192.0.2.2 a.org", at=2)
        await ticker.tick()
        assert addresses(file, "a.org") == ["192.0.2.2"]


async def test_a_missing_file_is_logged_and_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, ticker = tmp_path / "hosts", Ticker()
    async with followed(HostsFile(path, 5.0, sleep=ticker.sleep)) as file:
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert addresses(file, "a.org") == []
        write(path, "192.0.2.1 a.org", at=1)
        await ticker.tick()
        assert addresses(file, "a.org") == ["192.0.2.1"]


async def test_a_folder_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(f". {{\nhosts {tmp_path}\n}}", plugin):
        assert caplog.messages == [f"the hosts file {tmp_path}: Is a directory"]


async def test_a_file_that_can_never_be_reached_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        CorefileErrors, match=r"^Corefile:2:7: cannot read the hosts file .*: Not a directory"
    ):
        async with running(". {\nhosts file/hosts\n}", plugin, context=FakeContext(root=tmp_path)):
            pass


async def test_a_fifo_ends_the_start_and_holds_up_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(CorefileErrors, match="a FIFO, expected a regular file"):
        async with running(". {\nhosts fifo\n}", plugin, context=FakeContext(root=tmp_path)):
            pass


async def test_a_file_that_becomes_a_fifo_is_logged_once_and_answered_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, ticker = tmp_path / "hosts", Ticker()
    write(path, "192.0.2.1 a\n", at=1)
    async with followed(HostsFile(path, 5.0, sleep=ticker.sleep)) as file:
        path.unlink()
        os.mkfifo(path)
        await ticker.tick()
        await ticker.tick()
        assert addresses(file, "a.") == ["192.0.2.1"]
    assert caplog.messages == [f"the hosts file {path}: a FIFO, expected a regular file"]


def handler(path: Path) -> Hosts:
    return build(Settings(file=path, position=Position("Corefile", 2, 7)), FakeContext())


def test_a_check_says_so_too(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    handler(tmp_path / "file").check()
    handler(tmp_path / "missing").check()
    with pytest.raises(CorefileError, match=r"^Corefile:2:7: cannot read the hosts file .*: Not a directory"):
        handler(tmp_path / "file" / "hosts").check()


async def test_lines_that_cannot_be_read_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "hosts", "192.0.2.1 a.org\nx b.org\n# x\n192.0.2.2 c..org d.org\n", at=1)
    async with HostsFile(tmp_path / "hosts", 0.0) as file:
        assert addresses(file, "d.org") == ["192.0.2.2"]
    (message,) = caplog.messages
    assert message.endswith("hosts:2: not an address and names; 2 such lines ignored")


BEFORE = "192.0.2.1 a.org\n192.0.2.2 b.org\n192.0.2.3 *.w.org\n"


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        pytest.param(BEFORE, set(), id="nothing"),
        pytest.param(f"# new\n{BEFORE}", set(), id="a comment"),
        pytest.param(BEFORE.replace("2.1", "2.7"), {"a.org", "1.", "7."}, id="an address"),
        pytest.param(BEFORE + "192.0.2.2 c.org\n", {"c.org", "2."}, id="a name that was not there"),
        pytest.param(BEFORE + "2001:db8::1 a.org\n", {"a.org"}, id="an address of the other family"),
        pytest.param(BEFORE.replace("2.3", "2.7"), {"x.w.org"}, id="a wildcard"),
        pytest.param(BEFORE + "192.0.2.3 x.w.org\n", {"x.w.org", "3."}, id="a name in front of a wildcard"),
        pytest.param("", {"a.org", "b.org", "x.w.org", "1.", "2."}, id="everything"),
    ],
)
async def test_only_what_changed_is_answered_anew(after: str, changed: set[str], tmp_path: Path) -> None:
    path, ticker = tmp_path / "hosts", Ticker()
    write(path, BEFORE, at=1)
    file = HostsFile(path, 5.0, sleep=ticker.sleep)
    context = FakeContext(root=tmp_path, made={("hosts", path, 5.0, (ROOT,)): file})
    corefile = ". {\nhosts hosts {\nfallthrough\n}\n}"
    async with (
        running(corefile, plugin, end=refusing, context=context) as chain,
        supervised("the file", file.follow),
    ):
        names = {name: await noted_by(chain, name) for name in ("a.org", "b.org", "c.org", "x.w.org")}
        pointers = {
            f"{host}.": await noted_by(chain, f"{host}.2.0.192.in-addr.arpa", "PTR") for host in (1, 2, 3, 7)
        }
        write(path, after, at=2)
        await ticker.tick()
        assert {name for name, noted in (names | pointers).items() if not noted.is_current()} == changed


async def test_a_query_outside_the_zones_depends_on_nothing(tmp_path: Path) -> None:
    write(tmp_path / "hosts", BEFORE, at=1)
    corefile = "org {\nhosts hosts\n}"
    async with running(corefile, plugin, end=refusing, context=FakeContext(root=tmp_path)) as chain:
        assert (await noted_by(chain, "a.net")).rows() == ()


async def test_blocks_with_one_file_share_it(tmp_path: Path) -> None:
    write(tmp_path / "hosts", BEFORE, at=1)
    context = FakeContext(root=tmp_path)
    async with running("org {\nhosts hosts\n}", plugin, context=context) as first:
        made = dict(first.context.made)
        async with running("org {\nhosts hosts {\nttl 7\n}\n}", plugin, context=first.context) as second:
            reply = await second.ask("a.org")
    assert second.context.made == made
    assert lines(reply.answer) == ["a.org. 7 IN A 192.0.2.1"]


@pytest.mark.parametrize("packet_cache", [True, False])
async def test_a_remembered_reply_is_dropped_with_the_change(packet_cache: bool, tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    write(path, "192.0.2.1 a.org", at=1)
    packet = write_message(Message(id=7, question=(Question(Name.from_text("a.org."), 1),)))
    corefile = f". {{\nbind 127.0.0.1\nhosts {path} {{\nreload 10ms\n}}\n}}"
    async with serving(corefile, packet_cache=packet_cache) as server:
        assert [lines(read_message(await server.udp(packet)).answer) for _ in range(2)] == [
            ["a.org. 3600 IN A 192.0.2.1"]
        ] * 2
        write(path, "192.0.2.22 a.org", at=2)
        async with asyncio.timeout(2):
            while lines(read_message(await server.udp(packet)).answer) != ["a.org. 3600 IN A 192.0.2.22"]:
                pass
