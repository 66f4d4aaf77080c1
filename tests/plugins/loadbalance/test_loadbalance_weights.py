"""The weight file of `loadbalance weighted`, and what a Corefile may say."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, nullcontext
from ipaddress import ip_network
from pathlib import Path

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, Position, parse
from clusterdns.dns.name import Name
from clusterdns.supervision import supervised
from clusterdns.testing.chain import running
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.loadbalance import Settings, plugin
from clusterdns_plugins.loadbalance.config import Weighted
from clusterdns_plugins.loadbalance.handler import build
from clusterdns_plugins.loadbalance.weights import InvalidWeights, WeightFile, parse_weights

HERE = Position("Corefile", 2, 1)
W = Name.from_text("w.org.")


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    return plugin.parse(directive)


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
async def weight_file(path: Path, ticker: Ticker, reload: float = 30.0) -> AsyncGenerator[WeightFile]:
    """Read and follow a file, as the server does for its plugin."""
    file = WeightFile(path, Weighted(file=path, reload=reload, position=HERE), sleep=ticker.sleep)
    async with file, supervised("the file", file.follow):
        yield file


def test_a_weight_file_is_read() -> None:
    first = "# weights\n\n  w.org\n192.0.2.1 3\n 2001:db8::1   255\n# more\n"
    weights = parse_weights(first + "X.org.\n192.0.2.9 1\nw.org\n192.0.2.2 7\n")
    assert weights == {
        W: {
            bytes([192, 0, 2, 1]): 3,
            bytes([0x20, 0x01, 0x0D, 0xB8, *bytes(11), 1]): 255,
            bytes([192, 0, 2, 2]): 7,
        },
        Name.from_text("x.org."): {bytes([192, 0, 2, 9]): 1},
    }


def test_the_first_weight_of_an_address_counts() -> None:
    assert parse_weights("w.org\n192.0.2.1 3\n192.0.2.1 4") == {W: {bytes([192, 0, 2, 1]): 3}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("w.org\n192.0.2.1", "line 2: the address 192.0.2.1 has no weight", id="no weight"),
        pytest.param("192.0.2.1 3", "line 1: expected a name", id="no name before it"),
        pytest.param("w.org\nx.org 3", 'line 2: expected an IP address, not "x.org"', id="no address"),
        pytest.param("w.org\n192.0.2.1 0", "line 2: a weight is a number from 1 to 255", id="0"),
        pytest.param("w.org\n192.0.2.1 256", "from 1 to 255", id="256"),
        pytest.param("w.org\n192.0.2.1 -1", "from 1 to 255", id="negative"),
        pytest.param("w.org\n192.0.2.1 1.5", "from 1 to 255", id="a fraction"),
        pytest.param("w.org\n192.0.2.1 3 4", "line 2: expected a name", id="three words"),
        pytest.param("w..org", 'line 1: "w..org" is no domain name', id="no domain name"),
    ],
)
def test_a_wrong_line_is_named(text: str, message: str) -> None:
    with pytest.raises(InvalidWeights, match=message):
        parse_weights(text)


async def test_the_file_is_read_at_the_start_and_again(tmp_path: Path) -> None:
    path, ticker = tmp_path / "weights", Ticker()
    path.write_text("w.org\n192.0.2.1 3\n")
    async with weight_file(path, ticker) as file:
        assert file.weights == {W: {bytes([192, 0, 2, 1]): 3}}
        path.write_text("w.org\n192.0.2.1 4\n")
        await ticker.tick()
        assert file.weights == {W: {bytes([192, 0, 2, 1]): 4}}
    assert set(ticker.slept) == {30.0}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(lambda path: path.write_text("w.org\n192.0.2.1\n"), "has no weight", id="wrong"),
        pytest.param(lambda path: path.write_bytes(b"\xff"), "codec can't decode", id="no text"),
        pytest.param(lambda path: path.unlink(), "No such file", id="gone"),
        pytest.param(lambda path: os.truncate(path, 1 << 40), "larger than 16 MiB", id="huge"),
    ],
)
async def test_a_file_that_goes_wrong_is_logged_and_its_weights_stay(
    spoil: Callable[[Path], object], message: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, ticker = tmp_path / "weights", Ticker()
    path.write_text("w.org\n192.0.2.1 3\n")
    async with weight_file(path, ticker) as file:
        spoil(path)
        for _ in range(3):
            await ticker.tick()
        assert file.weights == {W: {bytes([192, 0, 2, 1]): 3}}
        assert [message in said for said in caplog.messages] == [True]
        path.write_text("w.org\n192.0.2.1 5\n")
        await ticker.tick()
        assert file.weights == {W: {bytes([192, 0, 2, 1]): 5}}


async def test_a_fifo_at_the_start_is_no_reason_to_wait_in_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(tmp_path / "weights")
    async with weight_file(tmp_path / "weights", Ticker()):
        assert "a FIFO, expected a regular file" in caplog.text


async def test_a_missing_file_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, ticker = tmp_path / "weights", Ticker()
    async with weight_file(path, ticker) as file:
        assert (file.weights, "No such file" in caplog.text) == ({}, True)
        path.write_text("w.org\n192.0.2.1 3\n")
        await ticker.tick()
        assert file.weights == {W: {bytes([192, 0, 2, 1]): 3}}


async def test_a_missing_file_that_is_read_once_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(CorefileError, match=r"^Corefile:2:1: the weight file .* No such file"):
        async with weight_file(tmp_path / "weights", Ticker(), reload=0.0):
            pass


async def test_a_wrong_file_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("192.0.2.1\n")
    with pytest.raises(CorefileError, match=r"^Corefile:2:1: the weight file .* line 1: the address"):
        async with weight_file(tmp_path / "weights", Ticker()):
            pass


async def test_the_file_starts_from_the_root_folder(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("192.0.2.1\n")
    corefile = ". {\nloadbalance weighted weights\n}"
    with pytest.raises(CorefileErrors, match="line 1"):
        async with running(corefile, plugin, context=FakeContext(root=tmp_path)):
            pass


def weights_of(reload: float) -> Settings:
    return Settings(weighted=Weighted(file=Path("f"), reload=reload, position=HERE))


NETWORKS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("loadbalance", Settings(), id="alone"),
        pytest.param("loadbalance round_robin", Settings(), id="round_robin"),
        pytest.param("loadbalance weighted f", weights_of(30.0), id="weighted"),
        pytest.param("loadbalance weighted f {\nreload 1m\n}", weights_of(60.0), id="reload"),
        pytest.param("loadbalance weighted f {\nreload 0\n}", weights_of(0.0), id="never again"),
        pytest.param(
            "loadbalance {\nprefer 10.1.2.3/8 fd00::/8\n}",
            Settings(preferred=NETWORKS),
            id="prefer, without a policy",
        ),
        pytest.param(
            "loadbalance round_robin {\nprefer 10.0.0.0/8\nprefer fd00::/8\n}",
            Settings(preferred=NETWORKS),
            id="prefer, several lines",
        ),
        pytest.param("loadbalance {\nprefer\n}", Settings(), id="prefer nothing"),
        pytest.param("loadbalance weighted f\nloadbalance", Settings(), id="the last policy counts"),
        pytest.param(
            "loadbalance {\nprefer 10.0.0.0/8\n}\nloadbalance weighted f",
            weights_of(30.0),
            id="and drops preferences",
        ),
    ],
)
def test_a_directive_is_read(text: str, expected: Settings) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "loadbalance random", r'^Corefile:2:13: .*"round_robin" or "weighted"', id="unknown policy"
        ),
        pytest.param("loadbalance round_robin x", "^Corefile:2:25: surplus", id="surplus word"),
        pytest.param("loadbalance weighted", "^Corefile:2:1: .*weight file", id="no file"),
        pytest.param("loadbalance weighted f g", "^Corefile:2:24: surplus", id="two files"),
        pytest.param("loadbalance weighted f {\nreload\n}", "^Corefile:3:1: .*duration", id="no duration"),
        pytest.param(
            "loadbalance weighted f {\nreload x\n}", "^Corefile:3:8: .*duration", id="wrong duration"
        ),
        pytest.param(
            "loadbalance weighted f {\nreload -1s\n}", "^Corefile:3:8: .*duration", id="negative duration"
        ),
        pytest.param(
            "loadbalance weighted f {\nreload 1s 2s\n}", "^Corefile:3:11: surplus", id="two durations"
        ),
        pytest.param(
            "loadbalance weighted f {\nprefer 10.0.0.0/8\n}", "^Corefile:3:1: unknown", id="prefer there"
        ),
        pytest.param(
            "loadbalance {\nreload 1s\n}", "^Corefile:3:1: unknown option", id="reload without weights"
        ),
        pytest.param("loadbalance {\nprefer 10.0.0.1\n}", "^Corefile:3:8: .*prefixes", id="no length"),
        pytest.param("loadbalance {\nprefer 10.0.0.0/33\n}", "^Corefile:3:8: .*prefixes", id="too long"),
        pytest.param("loadbalance {\nprefer 10.0.0.0/255.0.0.0\n}", "^Corefile:3:8: ", id="a mask"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        read(text)


@pytest.mark.parametrize(
    ("text", "reload", "message"),
    [
        pytest.param("w.org\n192.0.2.1 3\n", 30.0, None, id="right"),
        pytest.param("w.org\n192.0.2.1 0\n", 30.0, "^Corefile:2:1: .* line 2: a weight is", id="wrong"),
        pytest.param(None, 0.0, "^Corefile:2:1: .* No such file", id="missing and not waited for"),
        pytest.param(None, 30.0, None, id="missing and waited for"),
    ],
)
def test_a_check_reads_the_file_and_keeps_nothing(
    text: str | None, reload: float, message: str | None, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "w").write_text(text)
    spec = Settings(weighted=Weighted(file=Path("w"), reload=reload, position=HERE))
    balancer = build(spec, FakeContext(root=tmp_path))
    with nullcontext() if message is None else pytest.raises(CorefileError, match=message):
        balancer.check()


def test_without_weights_there_is_nothing_to_check() -> None:
    build(Settings(), FakeContext()).check()
