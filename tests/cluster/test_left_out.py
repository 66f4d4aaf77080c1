"""Objects that are not served as the API server has them: named once, bounded, gone when they are good."""

import pytest

from clusterdns.cluster import EndpointSlice, Service
from clusterdns.cluster.left_out import LINES_A_MINUTE, MINUTE, MOST_LINES, MOST_OBJECTS, LeftOut, LeftOuts
from clusterdns.cluster.shown import shown

WEB = ("shop", "web")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def odd(*kinds: str, version: str = "7", is_whole: bool = False) -> LeftOut:
    return LeftOut(version=version, reason="; ".join(kinds), kinds=frozenset(kinds), is_whole=is_whole)


def test_an_object_has_a_line_until_it_is_good() -> None:
    left_out = LeftOuts()
    left_out.note(Service, WEB, odd("ports"))
    left_out.note(EndpointSlice, ("shop", "web-1"), odd("too large", is_whole=True))
    assert left_out.lines() == (
        "Service shop/web: served without a part: ports",
        "EndpointSlice shop/web-1: not readable, what was known of it is served on: too large",
    )
    assert left_out.counts() == {"Service": 1, "EndpointSlice": 1}
    left_out.clear(Service, WEB)
    left_out.clear(Service, WEB)
    assert left_out.counts() == {"Service": 0, "EndpointSlice": 1}
    assert left_out.documents == {"Service": 1, "EndpointSlice": 1}


def test_it_is_said_once_and_again_when_another_field_is_odd(caplog: pytest.LogCaptureFixture) -> None:
    left_out = LeftOuts()
    for kinds in (["a"], ["a"], ["a", "b"], ["b"], ["a"]):
        left_out.note(Service, WEB, odd(*kinds))
    assert len(caplog.messages) == 3


def test_the_log_is_not_flooded(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    left_out = LeftOuts(clock)
    for number in range(100):
        left_out.note(Service, ("shop", f"web-{number}"), odd("a"))
    assert len(caplog.messages) == LINES_A_MINUTE
    clock.now += MINUTE
    left_out.note(Service, WEB, odd("a"))
    assert caplog.messages[-1].endswith(f"({100 - LINES_A_MINUTE} others were not named here)")


def test_objects_and_lines_are_bounded() -> None:
    left_out = LeftOuts()
    for number in range(MOST_OBJECTS + 10):
        left_out.note(Service, ("n" * 300, f"{number}" + "x" * 300), odd("r" * 1000))
    assert len(left_out) == MOST_OBJECTS
    assert left_out.documents == {"Service": MOST_OBJECTS + 10}
    assert len(left_out.lines()) == MOST_LINES + 1
    assert (
        left_out.lines()[-1]
        == f"{MOST_OBJECTS - MOST_LINES} more objects are not served as the API server has them"
    )
    assert max(map(len, left_out.lines())) < 1000


def test_only_a_version_of_which_nothing_was_read_explains_a_difference() -> None:
    left_out = LeftOuts()
    left_out.note(Service, WEB, odd("a", version="8", is_whole=True))
    assert left_out.has(Service, WEB, "8")
    assert not left_out.has(Service, WEB, "9")
    assert not left_out.has(Service, WEB, None)
    assert not left_out.has(EndpointSlice, WEB, "8")
    left_out.note(Service, WEB, odd("a", version="9"))
    assert not left_out.has(Service, WEB, "9")


def test_those_of_one_namespace() -> None:
    left_out = LeftOuts()
    for namespace in ("shop", "other"):
        left_out.note(Service, (namespace, "web"), odd("a"))
    assert [key.namespace for key in left_out.keys(Service, "shop")] == ["shop"]
    assert len(left_out.keys(Service, "")) == 2
    assert left_out.keys(EndpointSlice, "") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("web", "web"),
        ("a\nb\x1b[31m", "a\\nb\\x1b[31m"),
        ("\u202e\ud800", "\\u202e\\ud800"),
        ("x" * 300, "x" * 253 + "..."),
    ],
)
def test_a_text_of_somebody_else_fits_into_a_line(text: str, line: str) -> None:
    assert shown(text) == line
