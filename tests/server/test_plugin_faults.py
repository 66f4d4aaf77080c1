"""A plugin's mistake is said with its name and its place in the Corefile, and when it can be seen first."""

import asyncio
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any

import pytest

from clusterdns.answering import origin
from clusterdns.cli import main
from clusterdns.corefile import CorefileErrors
from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.plugin import AnyPlugin, Context, Next, Plugin, Query, Reply
from clusterdns.server import check
from clusterdns.telemetry.metrics import metrics_of
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import PluginSet, configured, serving

COREFILE = ". {\n  errors\n  mine\n  whoami\n}\n"
MINE = 'Corefile:3:3: plugin "mine"'
HERE = re.escape(__file__)
PACKET = write_message(Message(question=(Question(Name.from_text("web.example"), RRType.A),)))


def mine(build: Callable[[Any, Context], Any], parse: Callable[[Any], Any] = lambda _: None) -> AnyPlugin:
    return Plugin(name="mine", help="", parse=parse, build=build, before="whoami", inline=True)


def fails(*_: object) -> Any:
    raise ZeroDivisionError("oops")


async def coroutine(*_: object) -> None:
    """Stand for a `build` that its author made a coroutine function."""


no_parameters: Any = lambda: None  # noqa: E731 - nameless, as authors write them


def bad_metric(_settings: None, context: Context) -> None:
    metrics_of(context).counter("mine_total", "Not named as metrics are.")


class Handler:
    async def __call__(self, query: Query, next: Next) -> Reply:
        return await next(query)


class Plain(Handler):
    def __call__(self, query: Query, next: Next) -> Any:
        return Reply()


class Alone(Handler):
    async def __call__(self, query: Query) -> Reply:  # type: ignore[override]  # the mistake
        return Reply()


class Misnamed:
    async def handle(self, query: Query, next: Next) -> Reply:
        return await next(query)


class Opened(Handler):
    async def __aenter__(self) -> None:
        """Never called, since there is no other end."""


@pytest.mark.parametrize(
    ("plugin", "sentence"),
    [
        pytest.param(
            mine(lambda *_: None, fails),
            f"parse raised ZeroDivisionError: oops \\({HERE}:\\d+\\)",
            id="parse",
        ),
        pytest.param(
            mine(lambda *_: None, coroutine), "parse raised TypeError: it is a coroutine", id="parse is async"
        ),
        pytest.param(mine(fails), f"build raised ZeroDivisionError: oops \\({HERE}:\\d+\\)", id="build"),
        pytest.param(
            mine(no_parameters), r"build raised TypeError: .* takes 0 positional arguments", id="arguments"
        ),
        pytest.param(
            mine(bad_metric), "build raised ValueError: .* starts with coredns_ .*: mine_total", id="metric"
        ),
        pytest.param(mine(coroutine), "build is a coroutine function", id="build is async"),
        pytest.param(mine(lambda *_: Handler), "build returned the class Handler", id="class"),
        pytest.param(
            mine(lambda *_: Plain()), "handler, a Plain, is no coroutine function", id="handler not async"
        ),
        pytest.param(mine(lambda *_: len), "handler, a builtin.* is no coroutine function", id="builtin"),
        pytest.param(
            mine(lambda *_: Alone()), "cannot be called with a query and what is next", id="no next"
        ),
        pytest.param(
            mine(lambda *_: Misnamed()), "returned a Misnamed that is no handler", id="not callable"
        ),
        pytest.param(mine(lambda *_: Opened()), "has an __aenter__ without its other half", id="half a life"),
    ],
)
async def test_what_building_shows_is_said_by_check_and_at_the_start(
    plugin: AnyPlugin, sentence: str
) -> None:
    with pytest.raises(CorefileErrors, match=f"^{MINE}: .*{sentence}"):
        check(configured(COREFILE, plugins=[plugin]))
    with pytest.raises(CorefileErrors, match=f"^{MINE}: .*{sentence}"):
        async with serving(COREFILE, plugins=[plugin]):
            pass


async def test_addresses_that_cannot_be_chosen_are_the_mistake_of_who_chooses() -> None:
    class Settings:
        def listen_on(self, _interfaces: object) -> tuple[str, ...]:
            return fails()  # type: ignore[no-any-return]

    with pytest.raises(CorefileErrors, match=f"^{MINE}: listen_on raised ZeroDivisionError"):
        check(configured(COREFILE, plugins=[mine(lambda *_: None, lambda _: Settings())]))


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(Handler().__call__, id="a bound method"),
        pytest.param(partial(Handler.__call__, Handler()), id="a partial function"),
    ],
)
async def test_whatever_is_a_coroutine_function_is_a_handler(handler: Any) -> None:
    async with serving(COREFILE, plugins=[mine(lambda *_: handler)]) as server:
        assert read_message(await server.udp(PACKET)).rcode == Rcode.NOERROR


def test_all_mistakes_are_said_at_once() -> None:
    other = replace(mine(fails), name="yours")
    with pytest.raises(CorefileErrors) as raised:
        check(configured(". {\n  mine\n  yours\n}\n", plugins=[mine(fails), other]))
    assert [error.position[1:] for error in raised.value.errors] == [(2, 3), (3, 3)]


@pytest.mark.parametrize("parse", [True, False], ids=["parse", "build"])
def test_the_command_says_it_in_one_line(
    parse: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    plugin = mine(lambda *_: None, fails) if parse else mine(fails)
    monkeypatch.setattr("clusterdns.cli.check.discover", lambda: PluginSet([plugin]))
    (tmp_path / "Corefile").write_text(COREFILE)
    assert main(["check", str(tmp_path / "Corefile")]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert re.fullmatch(
        r'.*Corefile:3:3: plugin "mine": (parse|build) raised ZeroDivisionError: oops .*\n', err
    )


class Starting(Handler):
    """A handler whose start does what the test says."""

    def __init__(self, start: Callable[[], Any]) -> None:
        self._start = start

    async def __aenter__(self) -> None:
        await self._start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def check(self) -> None:
        fails()


async def test_a_start_that_fails_is_said() -> None:
    async def cannot() -> None:
        raise ConnectionRefusedError("no backend there")

    sentence = f"__aenter__ raised ConnectionRefusedError: no backend there \\({HERE}:\\d+\\)"
    with pytest.raises(CorefileErrors, match=f"^{MINE}: {sentence}"):
        async with serving(COREFILE, plugins=[mine(lambda *_: Starting(cannot))]):
            pass


async def test_a_backend_that_fails_is_of_the_plugin_that_asked_for_it_first() -> None:
    async def cannot() -> None:
        fails()

    def build(_settings: None, context: Context) -> None:
        context.shared("backend", lambda: Starting(cannot))

    with pytest.raises(CorefileErrors, match=f"^{MINE}: __aenter__ raised ZeroDivisionError"):
        async with serving(f"{COREFILE}a {{\n  mine\n}}\n", plugins=[mine(build)]):
            pass


def test_check_enters_nothing_and_says_what_checking_raises() -> None:
    async def never() -> None:
        raise AssertionError("check has entered a part")

    with pytest.raises(CorefileErrors, match=f"^{MINE}: check raised ZeroDivisionError"):
        check(configured(COREFILE, plugins=[mine(lambda *_: Starting(never))]))


class Heard(logging.Handler):
    """Lets a plugin go on once the log has said that it is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.said = threading.Event()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        if "waiting" in self.lines[-1]:
            self.said.set()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The log while patience is short."""
    monkeypatch.setattr(origin, "PATIENCE", 0.01)
    handler, logger = Heard(), logging.getLogger("clusterdns.server")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.mark.parametrize("blocks", [False, True], ids=["waits", "holds the event loop up"])
async def test_a_start_that_waits_says_for_whom(blocks: bool, heard: Heard) -> None:
    async def waits() -> None:
        if blocks:
            heard.said.wait()
        else:
            await asyncio.to_thread(heard.said.wait)

    async with serving(COREFILE, plugins=[mine(lambda *_: Starting(waits))]):
        pass
    assert heard.lines[0] == 'waiting for plugin "mine" at Corefile:3:3 to start'


@pytest.mark.parametrize(
    ("plugin_that", "what"),
    [
        pytest.param(mine, "to be built", id="build"),
        pytest.param(lambda waits: mine(lambda *_: None, waits), "to be parsed", id="parse"),
    ],
)
def test_a_plugin_that_keeps_others_from_being_built_is_named(
    plugin_that: Callable[[Callable[..., None]], AnyPlugin], what: str, heard: Heard
) -> None:
    def waits(*_: object) -> None:
        heard.said.wait()

    check(configured(COREFILE, plugins=[plugin_that(waits)]))
    assert heard.lines[0] == f'waiting for plugin "mine" at Corefile:3:3 {what}'


async def returns(value: Any, _query: Query, _next: Next, _context: Context) -> Any:
    await asyncio.sleep(0)
    return value


async def breaks(_query: Query, _next: Next, _context: Context) -> Any:
    return fails()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(partial(returns, None), "its handler returned None instead of a Reply", id="None"),
        pytest.param(partial(returns, "x"), "its handler returned a str instead of a Reply", id="a string"),
        pytest.param(breaks, "ZeroDivisionError: oops", id="a bug"),
    ],
)
@pytest.mark.parametrize("looked_up", [False, True], ids=["asked", "looked up on behalf of a query"])
async def test_a_handlers_mistake_names_the_plugin_that_made_it(
    body: Any, said: str, looked_up: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Not those that the failure passes through on its way out."""

    async def first(query: Query, next: Next, context: Context) -> Reply:
        return await (context.lookup(query, Name.from_text("b"), 1) if looked_up else next(query))

    plugins = [plugin_of(body, name="mine"), plugin_of(first, name="first")]
    corefile = ". {\n  first\n  mine\n}\n"
    if looked_up:
        corefile = "a {\n  first\n}\nb {\n mine\n}\n"
    packet = write_message(Message(question=(Question(Name.from_text("a"), RRType.A),)))
    async with serving(corefile, plugins=plugins) as server:
        assert read_message(await server.tcp(packet)).rcode == Rcode.SERVFAIL
        assert server.server.counters.panics == 1
    (record,) = (record for record in caplog.records if record.exc_info)
    place = "5:2" if looked_up else "3:3"
    assert record.getMessage() == f'Corefile:{place}: plugin "mine": a plugin failed on a. IN A'
    assert said in caplog.text


async def test_a_handler_that_takes_too_long_is_named(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waits(_query: Query, _next: Next, _context: Context) -> Reply:
        await asyncio.Event().wait()
        return Reply()

    async with serving(COREFILE, plugins=[plugin_of(waits, name="mine")]) as server:
        monkeypatch.setattr(server.server._in_flight, "_seconds", 0.01)
        assert read_message(await server.udp(PACKET)).rcode == Rcode.SERVFAIL
    assert f"{MINE}: web.example. IN A took too long to answer" in caplog.text
