"""The block that answers is the one of the longest zone."""

import pytest

from clusterdns.answering.router import Block, Router
from clusterdns.dns.constants import RRClass, RRType
from clusterdns.dns.message import Question
from clusterdns.dns.name import Name
from clusterdns.plugin import Query, Reply


async def nobody(query: Query) -> Reply:
    raise AssertionError(f"{query} should only have been routed")


def block(zone: str, *, any_class: bool = False) -> tuple[Name, Block]:
    name = Name.from_text(zone)
    return name, Block(zones=(name,), chain=nobody, any_class=any_class)


ZONES = (".", "example.org.", "a.example.org.", "b.a.example.org.")


@pytest.mark.parametrize(
    ("name", "rtype", "zone"),
    [
        pytest.param("x.a.example.org.", RRType.A, "a.example.org.", id="longest-zone-above"),
        pytest.param("a.example.org.", RRType.A, "a.example.org.", id="the-zone-itself"),
        pytest.param("A.Example.ORG.", RRType.A, "a.example.org.", id="without-case"),
        pytest.param("xa.example.org.", RRType.A, "example.org.", id="label-by-label"),
        pytest.param("example.com.", RRType.A, ".", id="root-takes-the-rest"),
        pytest.param(".", RRType.A, ".", id="the-root-itself"),
        pytest.param("b.a.example.org.", RRType.DS, "example.org.", id="ds-takes-the-shortest"),
        pytest.param("example.com.", RRType.DS, ".", id="ds-takes-the-root-if-nothing-else"),
    ],
)
def test_longest_zone(name: str, rtype: int, zone: str) -> None:
    route = Router(block(text) for text in ZONES).route(Question(Name.from_text(name), rtype))
    assert route is not None
    assert route.zone == Name.from_text(zone)
    assert route.zone in route.block.zones


def test_no_zone_matches_without_a_root_block() -> None:
    router = Router([block("example.org.")])
    assert router.route(Question(Name.from_text("example.com."), RRType.A)) is None


@pytest.mark.parametrize("any_class", [True, False])
def test_classes_beside_in_need_a_plugin_that_answers_them(any_class: bool) -> None:
    router = Router([block("."), block("example.org.", any_class=any_class)])
    question = Question(Name.from_text("example.com."), RRType.TXT, RRClass.CH)
    assert (router.route(question) is not None) == any_class
