"""The example's own tests, as an author outside the project would write them."""

from dataclasses import replace
from pathlib import Path

import pytest
from clusterdns_blackhole import Settings, plugin
from clusterdns_blackhole.blackhole import Blackhole, build

from clusterdns.corefile import CorefileError, CorefileErrors
from clusterdns.dns.constants import Rcode
from clusterdns.plugin import Context, Plugin, Query, Reply
from clusterdns.telemetry.metrics import metrics_of
from clusterdns.testing.chain import running
from clusterdns.testing.contexts import FakeContext

COREFILE = ". {\nblackhole list\n}"
NEXT = Reply()


async def following(query: Query) -> Reply:
    return NEXT


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    """A server whose root folder has a list with one name."""
    (tmp_path / "list").write_text("ads.example.org\n")
    return FakeContext(root=tmp_path)


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        pytest.param("ads.example.org.", True, id="on the list"),
        pytest.param("ADS.Example.org.", True, id="without case"),
        pytest.param("x.y.ads.example.org.", True, id="below a name on the list"),
        pytest.param("example.org.", False, id="above it"),
        pytest.param("noads.example.org.", False, id="another name"),
    ],
)
async def test_names_on_the_list_do_not_exist(name: str, listed: bool, context: FakeContext) -> None:
    async with running(COREFILE, plugin, context=context, end=following) as chain:
        reply = await chain.ask(name)
    assert (reply.rcode == Rcode.NXDOMAIN) == listed
    assert (reply is NEXT) != listed


def made_before(blackhole: Blackhole) -> Plugin[Settings]:
    """The plugin, but with a handler that the test has made."""

    def build(_settings: Settings, _context: Context) -> Blackhole:
        return blackhole

    return replace(plugin, build=build)


@pytest.fixture
def blackhole(context: FakeContext) -> Blackhole:
    """A handler whose file the test looks at."""
    return build(Settings(file=Path("list")), context)


async def test_a_change_of_the_list_ends_what_was_answered_before(
    context: FakeContext, blackhole: Blackhole
) -> None:
    async with running(COREFILE, made_before(blackhole), context=context, end=following) as chain:
        assert await chain.ask("new.example.org.") is NEXT
        before = chain.noted
        (context.root / "list").write_text("ads.example.org\nnew.example.org\n")
        await blackhole.file.refresh()
        assert not before.is_current()
        assert (await chain.ask("new.example.org.")).rcode == Rcode.NXDOMAIN


async def test_a_list_that_cannot_be_read_is_logged_and_the_one_before_stays(
    context: FakeContext, blackhole: Blackhole, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(COREFILE, made_before(blackhole), context=context, end=following) as chain:
        (context.root / "list").unlink()
        await blackhole.file.refresh()
        assert (await chain.ask("ads.example.org.")).rcode == Rcode.NXDOMAIN
    assert "No such file" in caplog.text


async def test_every_denial_is_counted_also_those_from_memory(context: FakeContext) -> None:
    denied = metrics_of(context).counter("coredns_blackhole_denied_total", "Names denied.", ("server",))
    async with running(COREFILE, plugin, context=context, end=following) as chain:
        reply = await chain.ask("ads.example.org.")
        await chain.ask("example.org.")
    assert denied.of("dns://:53").value == 1
    assert reply.reuse is not None
    assert reply.reuse.counted == (denied.of("dns://:53"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("blackhole", "^Corefile:2:1: .*a name on each line", id="no file"),
        pytest.param("blackhole a b", "^Corefile:2:13: surplus", id="two files"),
        pytest.param("blackhole a {\nreload 1ms\n}", "^Corefile:3:8: .*duration", id="reload too often"),
        pytest.param("blackhole a {\nevery 1m\n}", "^Corefile:3:1: unknown option", id="unknown option"),
        pytest.param("blackhole a\nblackhole b", "^Corefile:3:1: .*once", id="twice"),
    ],
)
async def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        async with running(f". {{\n{text}\n}}", plugin):
            pass
