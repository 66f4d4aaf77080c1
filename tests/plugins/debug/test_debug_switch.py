"""`debug` is a switch that the server looks at."""

import pytest

from clusterdns.corefile import CorefileError, parse
from clusterdns_plugins.debug import Settings, plugin


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    return plugin.parse(directive)


def test_bugs_are_uncaught() -> None:
    assert read("debug").uncaught


def test_twice_is_as_good_as_once() -> None:
    assert read("debug\ndebug") == read("debug")


@pytest.mark.parametrize("text", ["debug off", "debug {\n}", "debug\ndebug on"])
def test_there_is_nothing_to_set(text: str) -> None:
    with pytest.raises(CorefileError, match=r'"debug"|"off"|"on"'):
        read(text)
