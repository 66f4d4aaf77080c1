"""Background work of plugins: it runs while its plugin does, begins anew, and nobody is left in the dark."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from clusterdns.answering.origin import Origin
from clusterdns.corefile import CorefileErrors, Position
from clusterdns.plugin import AnyPlugin, Context, Plugin, Run
from clusterdns.server import background, check
from clusterdns.server.background import Background, BackgroundMetrics
from clusterdns.telemetry.metrics import Metrics
from clusterdns.testing.chain import running
from clusterdns.testing.serving import configured, serving
from clusterdns.testing.virtual_time import run_virtually
from clusterdns_plugins.ready.config import Monitor
from clusterdns_plugins.ready.readiness import Readiness

COREFILE = ". {\n  mine\n  whoami\n}\n"
ORIGIN = Origin("mine", Position("Corefile", 2, 3))
FOR_EVER = 1e9


def mine(build: Callable[[None, Context], Any]) -> AnyPlugin:
    return Plugin(name="mine", help="", parse=lambda _: None, build=build, before="whoami")


def plugin_with(run: Run, said: list[str]) -> AnyPlugin:
    """A plugin whose only part says when it is entered and left, and that has `run` run beside it."""

    @asynccontextmanager
    async def life() -> AsyncGenerator[None]:
        said.append("enter")
        yield
        said.append("leave")

    def build(_settings: None, context: Context) -> Any:
        context.background("the list", run)
        return life()

    return mine(build)


async def test_work_begins_after_its_plugin_and_ends_before_it() -> None:
    said: list[str] = []

    async def run() -> None:
        said.append("begin")
        try:
            await asyncio.sleep(FOR_EVER)
        finally:
            await asyncio.sleep(0)
            said.append("end")

    async with serving(COREFILE, plugins=[plugin_with(run, said)]):
        await asyncio.sleep(0)
    assert said == ["enter", "begin", "end", "leave"]


def test_a_check_starts_no_work() -> None:
    async def run() -> None:
        raise AssertionError("it runs")

    def build(_settings: None, context: Context) -> None:
        context.background("the list", run)

    check(configured(COREFILE, plugins=[mine(build)]))


async def test_work_is_asked_for_while_the_plugin_is_built() -> None:
    async def run() -> None:
        """Never called."""

    class Late:
        def __init__(self, context: Context) -> None:
            self.context = context

        async def __aenter__(self) -> None:
            self.context.background("the list", run)

        async def __aexit__(self, *_: object) -> None:
            """Never entered."""

    with pytest.raises(CorefileErrors, match=r"^Corefile:2:3: .*background work is asked for in `build`"):
        async with serving(COREFILE, plugins=[mine(lambda _, context: Late(context))]):
            pass


class Breaking:
    """Work that lasts as long as it is told each time, on the loop's clock, and notes when it begins."""

    def __init__(self, *lasts: float, returns: bool = False) -> None:
        self._lasts = list(lasts)
        self._returns = returns
        self.began: list[float] = []

    async def __call__(self) -> None:
        self.began.append(now())
        await asyncio.sleep(self._lasts.pop(0) if self._lasts else FOR_EVER)
        if not self._returns:
            raise ZeroDivisionError("oops")


def watched(run: Run, metrics: Metrics | None = None) -> Background:
    """Work that runs while it is entered."""
    return Background(ORIGIN, "the list", run, metrics=BackgroundMetrics(metrics or Metrics()))


def now() -> float:
    return asyncio.get_running_loop().time() - 1000.0


@pytest.mark.parametrize(
    ("lasts", "began"),
    [
        pytest.param([0] * 8, [0, 1, 3, 7, 15, 31, 63, 123, 183], id="pauses grow up to a minute"),
        pytest.param([0, 0, 100, 0], [0, 1, 3, 104, 106], id="and are short again once it has lasted"),
        pytest.param([10, 10, 10], [0, 11, 23, 37], id="not if it lasts no longer than before"),
    ],
)
def test_work_that_ends_begins_anew(lasts: list[float], began: list[float]) -> None:
    work, metrics = Breaking(*lasts), Metrics()

    async def scenario() -> None:
        async with watched(work, metrics):
            await asyncio.sleep(1000)

    run_virtually(scenario())
    assert work.began == began
    assert exported(metrics)["clusterdns_background_failures_total"] == {("mine", "the list"): len(lasts)}


@pytest.mark.parametrize("returns", [False, True], ids=["raises", "returns"])
def test_whoever_asks_hears_of_work_that_is_broken(returns: bool, caplog: pytest.LogCaptureFixture) -> None:
    error = (
        "RuntimeError('it returned, but has to go on for ever')" if returns else "ZeroDivisionError('oops')"
    )
    complaints: dict[float, tuple[str, ...]] = {}

    async def scenario() -> None:
        async with Background(
            ORIGIN, "the list", Breaking(10, returns=returns), metrics=BackgroundMetrics(Metrics())
        ) as work:
            for at in (9, 10.5, 13, 30, 32):
                await asyncio.sleep(at - now())
                complaints[at] = work.complaints()
                assert work.is_broken == bool(complaints[at])

    run_virtually(scenario())
    said = 'Corefile:2:3: plugin "mine": the list is broken, since {} s: ' + error
    assert complaints.pop(10.5) == (said.format(0),)
    assert complaints.pop(13) == (said.format(3),)
    assert complaints == {9: (), 30: (said.format(20),), 32: ()}
    assert f'Corefile:2:3: plugin "mine": a bug ended the list, which begins anew: {error}' in caplog.text


def test_work_that_broke_after_days_is_believed_after_minutes() -> None:
    async def scenario() -> None:
        async with Background(
            ORIGIN, "the list", Breaking(1e6), metrics=BackgroundMetrics(Metrics())
        ) as work:
            await asyncio.sleep(1e6 + 590)
            assert work.is_broken
            await asyncio.sleep(20)
            assert not work.is_broken

    run_virtually(scenario())


@pytest.fixture
def long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "FIRST_PAUSE", FOR_EVER)


@pytest.mark.usefixtures("long_pause")
async def test_ready_complains_and_metrics_count() -> None:
    ended = asyncio.Event()

    async def run() -> None:
        ended.set()
        raise ZeroDivisionError("oops")

    contexts: list[Context] = []

    def build(_settings: None, context: Context) -> None:
        contexts.append(context)
        context.background("the list", run)

    corefile = "a {\n  mine\n  whoami\n}\nb {\n  mine\n  whoami\n}\n"
    async with serving(corefile, plugins=[mine(build)]) as server:
        await ended.wait()
        await asyncio.sleep(0.01)
        readiness = Readiness(contexts[0].all_parts(), Monitor.UNTIL_READY)
        assert [line.partition(": ")[0] for line in readiness.complaints()] == [
            "Corefile:2:3",
            "Corefile:6:3",
        ]
        assert readiness.unready() == ()
        assert exported(server.server.metrics) == {
            "clusterdns_background_failures_total": {("mine", "the list"): 2},
            "clusterdns_background_broken": {("mine", "the list"): 2},
        }


def exported(metrics: Any) -> dict[str, dict[tuple[str, ...], float]]:
    return {
        family.name: {labels: series.value for labels, series in family.series()}
        for family in metrics.families()
        if "background" in family.name
    }


async def test_the_chain_runner_runs_work_after_its_plugin() -> None:
    said: list[str] = []

    async def run() -> None:
        said.append("begin")
        await asyncio.sleep(FOR_EVER)

    async with running(COREFILE.replace("  whoami\n", ""), plugin_with(run, said)):
        await asyncio.sleep(0)
    assert said == ["enter", "begin", "leave"]


class Backend:
    """What blocks share, with work of its own."""


@pytest.mark.parametrize("shared", [True, False], ids=["of a backend", "of a part"])
async def test_work_goes_on_with_what_a_new_configuration_takes_over(shared: bool) -> None:
    said: list[str] = []

    async def run() -> None:
        said.append("begin")
        try:
            await asyncio.sleep(FOR_EVER)
        finally:
            said.append("end")

    contexts: list[Context] = []

    def build(_settings: None, context: Context) -> None:
        contexts.append(context)

        def make() -> Backend:
            context.background("the list", run)
            return Backend()

        if shared:
            context.shared("backend", make)
        else:
            make()

    async with serving(COREFILE, plugins=[mine(build)]) as server:
        await asyncio.sleep(0)
        await server.server.swap(
            configured(COREFILE.replace("whoami", "log\n whoami"), plugins=[mine(build)])
        )
        async with asyncio.timeout(5):
            while said != (["begin"] if shared else ["begin", "begin", "end"]):  # noqa: ASYNC110 - tasks say it
                await asyncio.sleep(0)
        (work,) = (part.built for part in contexts[-1].all_parts() if isinstance(part.built, Background))
        assert work.labels == ("mine", "the list")
    assert said.count("begin") == said.count("end")
