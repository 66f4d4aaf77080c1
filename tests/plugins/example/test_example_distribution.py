"""The example plugin as a distribution of its own: installed, found, ordered, run; and its page."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterdns.configuration.registry import discover
from clusterdns.configuration.settings import load
from clusterdns.dns.constants import Rcode
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.testing.serving import serving

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "plugins" / "example"
PAGE = ROOT / "plugins" / "README.md"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that pip has installed the example into."""
    target = tmp_path_factory.mktemp("site")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(EXAMPLE)]
    subprocess.run(command, check=True, cwd=target, timeout=60)
    return target


@pytest.fixture
def _installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For the time of a test, the folder is one that Python looks into."""
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    importlib.invalidate_caches()
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "clusterdns_blackhole"]:
        del sys.modules[name]


def query(name: str) -> bytes:
    return write_message(Message(id=7, question=(Question(Name.from_text(name), 1),)))


def test_it_is_not_there_unless_it_is_installed() -> None:
    assert "blackhole" not in discover().names


@pytest.mark.usefixtures("_installed")
def test_it_is_found() -> None:
    registry = discover()
    assert "blackhole" in registry.names
    assert registry.load("blackhole").help == "Names on a list do not exist."


@pytest.mark.usefixtures("_installed")
def test_it_stands_where_it_asks_to_whatever_the_corefile_says() -> None:
    text = ". {\nwhoami\nhosts\nblackhole list\nlog\n}"
    (block,) = load(text, file="Corefile", registry=discover(), environ={}).blocks
    assert [used.plugin.name for used in block.plugins] == ["log", "blackhole", "hosts", "whoami"]


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("packet_cache", [True, False])
async def test_it_runs_in_a_server(packet_cache: bool, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("ads.example.org\n")
    corefile = f". {{\nbind 127.0.0.1\nblackhole {tmp_path}/list\nwhoami\n}}"
    async with serving(corefile, packet_cache=packet_cache) as server:
        for name, rcode in (("x.ads.example.org.", Rcode.NXDOMAIN), ("example.org.", Rcode.NOERROR)):
            replies = [read_message(await server.udp(query(name))) for _ in range(2)]
            assert {reply.rcode for reply in replies} == {rcode}


def shown(page: str, language: str) -> list[str]:
    """The blocks of code on a page in one language."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", page)


def written() -> str:
    """Everything that the example says in Python."""
    paths = [*EXAMPLE.glob("*/*.py")]
    return "\n".join(path.read_text() for path in paths)


@pytest.mark.parametrize("block", shown(PAGE.read_text(), "python"))
def test_code_on_the_page_is_code_of_the_example(block: str) -> None:
    assert block in written()


def test_the_page_shows_the_whole_packaging() -> None:
    assert shown(PAGE.read_text(), "toml") == [(EXAMPLE / "pyproject.toml").read_text()]


@pytest.mark.parametrize(
    "part",
    ["def parse(", "__call__(", "_is_listed(", "_take(self", "__aenter__(", "plugin = Plugin(", "def build("],
)
def test_the_page_explains_every_part(part: str) -> None:
    assert any(part in block for block in shown(PAGE.read_text(), "python"))


def test_paths_on_the_page_exist() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE.read_text())
    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
