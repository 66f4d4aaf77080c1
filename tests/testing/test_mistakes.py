"""What nobody would notice while a server runs fails a test of its plugin, with the plugin named."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace

import pytest

from clusterdns.corefile import CorefileErrors
from clusterdns.dns.rdata import SOA
from clusterdns.dns.text import parse_section
from clusterdns.plugin import BackendFailure, Context, Next, Plugin, Query, Reply, Reuse, Run
from clusterdns.rows import RowSource
from clusterdns.testing.chain import Chain, running
from clusterdns.testing.mistakes import Mistake
from clusterdns.testing.plugins import Body, plugin_of

MINE = r'^Corefile:2:1: plugin "mine": '
COREFILE = ". {\nmine\n}"


async def asked(body: Body, *, name: str = "mine", times: int = 1) -> Chain:
    """The chain of a plugin that does what `body` does, after some questions, and left."""
    async with running(COREFILE, plugin_of(body, name=name)) as chain:
        for _ in range(times):
            await chain.ask("a.org")
    return chain


async def test_a_handler_that_returns_none_is_named() -> None:
    async def body(query: Query, next: Next, context: Context) -> Reply:
        return None  # type: ignore[return-value]

    with pytest.raises(Mistake, match=MINE + "its handler returned None instead of a Reply$"):
        await asked(body)


async def test_so_is_one_behind_others() -> None:
    async def body(query: Query, next: Next, context: Context) -> Reply:
        return await next(query)

    async def none(query: Query, next: Next, context: Context) -> Reply:
        return None  # type: ignore[return-value]

    first, second = (
        plugin_of(body, name="first"),
        replace(plugin_of(none, name="mine"), before=None, after="first"),
    )
    with pytest.raises(Mistake, match=r'^Corefile:3:7: plugin "mine": its handler returned None'):
        async with running(". {\nfirst\n      mine\n}", first, second) as chain:
            await chain.ask("a.org")


async def a_few_turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def plugin_with(part: object, *, name: str = "mine") -> Plugin[None]:
    return Plugin(name=name, help="", parse=lambda _: None, build=lambda _, __: part, before="whoami")


def with_work(run: Run) -> Plugin[None]:
    def build(_: None, context: Context) -> None:
        context.background("the work", run)

    return Plugin(name="mine", help="", parse=lambda _: None, build=build, before="whoami")


class TestTasks:
    async def test_one_that_is_left_is_named(self) -> None:
        tasks: list[asyncio.Task[None]] = []

        async def forgotten() -> None:
            await asyncio.Event().wait()

        async def body(query: Query, next: Next, context: Context) -> Reply:
            tasks.append(asyncio.create_task(forgotten()))
            return Reply()

        with pytest.raises(Mistake, match=MINE + r"a task is left running: \S*forgotten$"):
            await asked(body)
        tasks[0].cancel()

    async def test_so_is_one_that_died(self) -> None:
        tasks: list[asyncio.Task[None]] = []

        async def dies() -> None:
            raise RuntimeError("gone")

        class Part:
            async def __aenter__(self) -> None:
                tasks.append(asyncio.create_task(dies()))

            async def __aexit__(self, *_: object) -> None: ...

        text = r"a task died, and nobody was told: \S*dies: RuntimeError\('gone'\)$"
        with pytest.raises(Mistake, match=MINE + text):
            async with running(COREFILE, plugin_with(Part())):
                pass

    async def test_those_that_the_plugin_ends_or_hears_of_are_none(self) -> None:
        async def dies() -> None:
            raise RuntimeError("gone")

        async def body(query: Query, next: Next, context: Context) -> Reply:
            ended = asyncio.create_task(asyncio.Event().wait())
            ended.cancel()
            with pytest.raises(RuntimeError):
                await asyncio.create_task(dies())
            return Reply()

        await asked(body)

    async def test_nor_is_a_task_of_the_test(self) -> None:
        async def body(query: Query, next: Next, context: Context) -> Reply:
            return Reply()

        async with running(COREFILE, plugin_of(body, name="mine")):
            task = asyncio.create_task(asyncio.Event().wait())
        task.cancel()

    async def test_background_work_that_broke_is_named(self) -> None:
        async def run() -> None:
            raise RuntimeError("gone")

        with pytest.raises(Mistake, match=MINE + r"the work is broken, since 0 s: RuntimeError\('gone'\)$"):
            async with running(COREFILE, with_work(run)):
                await a_few_turns()

    async def test_what_the_block_raises_goes_first(self) -> None:
        async def run() -> None:
            await asyncio.Event().wait()

        async def body(query: Query, next: Next, context: Context) -> Reply:
            tasks.append(asyncio.create_task(run()))
            raise BackendFailure("first")

        tasks: list[asyncio.Task[None]] = []
        with pytest.raises(BackendFailure, match="first"):
            await asked(body)
        tasks[0].cancel()

    async def test_the_loop_makes_tasks_as_before_in_the_end(self) -> None:
        async def body(query: Query, next: Next, context: Context) -> Reply:
            return Reply()

        loop = asyncio.get_running_loop()
        before = loop.get_task_factory()
        async with (
            running(COREFILE, plugin_of(body, name="mine")),
            running(COREFILE, plugin_of(body, name="mine")),
        ):
            assert loop.get_task_factory() != before
        assert loop.get_task_factory() == before


@pytest.mark.parametrize(
    ("beside", "text"),
    [
        pytest.param(None, "must say before or after which plugin it stands", id="none said"),
        pytest.param("nobody", 'wants to stand next to "nobody", which has no place', id="beside nobody"),
    ],
)
async def test_a_plugin_without_a_place_is_named(beside: str | None, text: str) -> None:
    plugin = replace(plugin_with(object()), before=beside)
    with pytest.raises(CorefileErrors, match=r'^Corefile:2:1: plugin "mine" ' + text):
        async with running(COREFILE, plugin):
            pass


class Data:
    """Answers from data that change; `touches`: and says so."""

    def __init__(self, *, notes: bool, touches: bool) -> None:
        self._rows = RowSource()
        self._notes = notes
        self._touches = touches
        self._section = parse_section("a.org. 5 IN A 192.0.2.1")

    def change(self) -> None:
        self._section = parse_section("a.org. 5 IN A 192.0.2.2")
        if self._touches:
            self._rows.touch(["a.org"])

    async def __call__(self, query: Query, next: Next) -> Reply:
        if self._notes:
            query.noted.note(self._rows, "a.org")
        return Reply(answer=self._section, reuse=Reuse())


def remembering(part: object) -> Plugin[None]:
    return replace(plugin_with(part), treats_alike=True)


class TestRemembering:
    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(Data(notes=False, touches=True), id="no row noted"),
            pytest.param(Data(notes=True, touches=False), id="no row touched"),
        ],
    )
    async def test_a_reply_that_its_rows_do_not_end_is_named(self, data: Data) -> None:
        async with running(COREFILE, remembering(data)) as chain:
            await chain.ask("a.org")
            data.change()
            with pytest.raises(Mistake, match=MINE + "the reply to [aA].org. IN A is another one now, but"):
                await chain.ask("A.org")

    async def test_one_that_they_end_is_none(self) -> None:
        data = Data(notes=True, touches=True)
        async with running(COREFILE, remembering(data)) as chain:
            await chain.ask("a.org")
            data.change()
            await chain.ask("a.org")
            chain.check_reuse()

    async def test_nor_is_one_of_a_block_that_remembers_nothing(self) -> None:
        data = Data(notes=False, touches=False)
        async with running(COREFILE, plugin_with(data)) as chain:
            await chain.ask("a.org")
            data.change()
            await chain.ask("a.org")

    async def test_nor_one_whose_soa_has_another_serial_only(self) -> None:
        serials = iter(range(1, 10))

        async def body(query: Query, next: Next, context: Context) -> Reply:
            (rrset,) = parse_section("a. 5 IN SOA ns.a. me.a. 1 2 3 4 5")
            (soa,) = rrset.rdatas
            assert isinstance(soa, SOA)
            again = replace(rrset, rdatas=(replace(soa, serial=following()),))
            return Reply(authority=(again,), reuse=Reuse())

        def following() -> int:
            return next(serials)

        await asked(body, times=2)

    @pytest.mark.parametrize(
        ("reuse", "again", "may"),
        [
            pytest.param(Reuse(turns=True), "a. 5 IN A 1.1.1.2\na. 5 IN A 1.1.1.1", True, id="turned"),
            pytest.param(Reuse(), "a. 5 IN A 1.1.1.2\na. 5 IN A 1.1.1.1", False, id="turned, and may not"),
            pytest.param(Reuse(turns=True), "a. 5 IN A 1.1.1.2", False, id="turned and less"),
            pytest.param(
                Reuse(counts_down=True), "a. 4 IN A 1.1.1.1\na. 4 IN A 1.1.1.2", True, id="counted down"
            ),
            pytest.param(
                Reuse(), "a. 4 IN A 1.1.1.1\na. 4 IN A 1.1.1.2", False, id="counted down, and may not"
            ),
        ],
    )
    async def test_a_reply_may_be_otherwise_as_it_says(self, reuse: Reuse, again: str, may: bool) -> None:
        replies = iter(["a. 5 IN A 1.1.1.1\na. 5 IN A 1.1.1.2", again])

        async def body(query: Query, next: Next, context: Context) -> Reply:
            return Reply(answer=parse_section(following()), reuse=reuse)

        def following() -> str:
            return next(replies)

        with (
            nullcontext()
            if may
            else pytest.raises(Mistake, match=MINE + "the reply to a.org. IN A is another")
        ):
            await asked(body, times=2)

    async def test_a_reply_that_nothing_would_ever_end_can_be_looked_for(self) -> None:
        async with running(COREFILE, remembering(Data(notes=False, touches=False))) as chain:
            await chain.ask("a.org")
            with pytest.raises(Mistake, match=MINE + r"nothing ends the reply to a\.org\. IN A: "):
                chain.check_reuse()

    @pytest.mark.parametrize("reuse", [None, Reuse(until=5.0)], ids=["not remembered", "for a time"])
    async def test_a_time_ends_it_too(self, reuse: Reuse | None) -> None:
        async def body(query: Query, next: Next, context: Context) -> Reply:
            return Reply(reuse=reuse)

        async with running(COREFILE, plugin_of(body, name="mine")) as chain:
            await chain.ask("a.org")
            chain.check_reuse()
