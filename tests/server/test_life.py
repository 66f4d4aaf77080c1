"""A server starts its parts in order, leaves them in reverse, and leaves nothing behind if it fails."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Self

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, Directive, Position
from clusterdns.dns.constants import RRType
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import ROOT
from clusterdns.dns.writer import write_message
from clusterdns.plugin import AnyPlugin, Context, Next, Plugin, Query, Reply
from clusterdns.server import StartError, check
from clusterdns.testing.serving import configured, serving

PACKET = write_message(Message(id=1, question=(Question(ROOT, RRType.A),)))


class Part(AbstractAsyncContextManager["Part"]):
    """Says when it is entered, left and checked."""

    def __init__(self, name: str, said: list[str]) -> None:
        self.name = name
        self.said = said

    async def __aenter__(self) -> Self:
        self.said.append(f"enter {self.name}")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.said.append(f"leave {self.name}")

    def check(self) -> None:
        self.said.append(f"check {self.name}")


@dataclass(frozen=True)
class Settings:
    uncaught: bool = False


def plugin(name: str, build: Any, *, settings: Settings | None = None) -> AnyPlugin:
    def parse(_directive: Directive) -> Settings:
        return settings or Settings()

    return Plugin(name=name, help="", parse=parse, build=build, inline=True)


def parts(said: list[str]) -> list[AnyPlugin]:
    def shares(_settings: Settings, context: Context) -> Part:
        context.shared("backend", lambda: Part("backend", said))
        return Part("kubernetes", said)

    return [
        plugin("kubernetes", shares),
        plugin("errors", lambda _settings, _context: Part("errors", said)),
    ]


COREFILE = "a {\n  kubernetes\n  errors\n}\nb {\n  kubernetes\n}\n"


async def test_backends_first_then_plugins_in_the_order_of_the_chain_and_back() -> None:
    said: list[str] = []
    async with serving(COREFILE, plugins=parts(said)):
        started = list(said)
    assert started == ["enter backend", "enter errors", "enter kubernetes", "enter kubernetes"]
    assert said[4:] == [line.replace("enter", "leave") for line in reversed(started)]


async def test_if_a_port_is_taken_what_was_started_is_left_again() -> None:
    said: list[str] = []
    async with serving(". {\n  whoami\n}\n") as other:
        with pytest.raises(StartError, match="in use"):
            async with serving(f".:{other.endpoint.port} {{\n  errors\n}}\n", plugins=parts(said)):
                pass
    assert said == ["enter errors", "leave errors"]


def test_check_reads_what_would_be_read_and_starts_nothing() -> None:
    said: list[str] = []
    check(configured(COREFILE, plugins=parts(said)))
    assert said == ["check backend", "check errors", "check kubernetes", "check kubernetes"]


def test_check_collects_what_building_and_reading_find() -> None:
    def fails(_settings: Settings, _context: Context) -> None:
        raise CorefileError(Position("Corefile", 2, 3), "cannot be built")

    class Unreadable:
        def check(self) -> None:
            raise CorefileError(Position("Corefile", 3, 3), "cannot be read")

    with pytest.raises(CorefileErrors, match="cannot be built"):
        check(configured(". {\n  errors\n}\n", plugins=[plugin("errors", fails)]))
    unreadable = plugin("errors", lambda _settings, _context: Unreadable())
    with pytest.raises(CorefileErrors, match="Corefile:3:3: cannot be read"):
        check(configured(". {\n  errors\n}\n", plugins=[unreadable]))


async def test_what_only_starting_shows_is_an_error_with_its_place_too() -> None:
    class Unreadable(Part):
        async def __aenter__(self) -> Self:
            raise CorefileError(Position("Corefile", 2, 3), "cannot be read")

    said: list[str] = []
    unreadable = plugin("errors", lambda _settings, _context: Unreadable("errors", said))
    with pytest.raises(CorefileErrors, match="Corefile:2:3: cannot be read"):
        async with serving(". {\n  errors\n}\n", plugins=[unreadable]):
            pass


async def test_a_bug_that_is_not_to_be_caught_ends_the_wait() -> None:
    class Breaks:
        async def __call__(self, query: Query, next: Next) -> Reply:
            raise ZeroDivisionError

    broken = plugin("whoami", lambda _settings, _context: Breaks(), settings=Settings(uncaught=True))
    async with serving(". {\n  whoami\n}\n", plugins=[broken]) as server:
        waiting = asyncio.create_task(server.server.wait_failed())
        await server.udp(PACKET)
        with pytest.raises(ZeroDivisionError):
            await waiting


@pytest.mark.parametrize("debug", [True, False])
async def test_debug_lines_are_logged_where_debug_stands(debug: bool) -> None:
    logger = logging.getLogger("clusterdns")
    plain = plugin("whoami", lambda _settings, _context: None, settings=Settings(uncaught=debug))
    async with serving(". {\n  whoami\n}\n", plugins=[plain]):
        assert logger.isEnabledFor(logging.DEBUG) == debug
    assert not logger.isEnabledFor(logging.DEBUG)


async def test_two_servers_with_different_configurations_live_in_one_process() -> None:
    async with serving("a {\n  whoami\n}\n") as one, serving("b {\n  whoami\n}\n") as other:
        assert one.server.banner() == ("a.:0",)
        assert other.server.banner() == ("b.:0",)
        assert one.endpoint != other.endpoint


class Patient:
    """Is lameduck until all others are, too."""

    def __init__(self, seconds: float, others: "list[Patient]") -> None:
        self.lameduck_seconds = seconds
        self.others = others
        self.has_begun = asyncio.Event()
        others.append(self)

    async def lameduck(self) -> None:
        self.has_begun.set()
        await asyncio.gather(*(other.has_begun.wait() for other in self.others))


async def test_parts_are_lameduck_at_once_and_the_longest_counts() -> None:
    patient: list[Patient] = []

    def build(_settings: Settings, context: Context) -> Patient:
        context.shared("backend", lambda: Patient(3.0, patient))
        return Patient(5.0, patient)

    async with serving(". {\n  health\n  whoami\n}\n", plugins=[plugin("health", build)]) as running:
        assert running.server.lameduck_seconds == 5.0
        async with asyncio.timeout(1):
            await running.server.lameduck()
        assert await running.udp(PACKET)
    assert len(patient) == 2


async def test_without_a_lameduck_part_the_end_comes_at_once() -> None:
    async with serving(". {\n  whoami\n}\n") as running:
        assert running.server.lameduck_seconds == 0.0
        await running.server.lameduck()
