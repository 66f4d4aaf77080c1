"""What `health` reads from a Corefile."""

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, parse
from clusterdns_plugins.health import Settings, plugin


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    settings: Settings = plugin.parse(directive)
    return settings


@pytest.mark.parametrize(
    ("text", "address", "lameduck"),
    [
        pytest.param("health", ":8080", 0.0, id="nothing said"),
        pytest.param("health localhost:1", "localhost:1", 0.0, id="address"),
        pytest.param("health {\nlameduck 1m5s\n}", ":8080", 65.0, id="lameduck"),
        pytest.param("health {\nlameduck 1s\nlameduck 2s\n}", ":8080", 2.0, id="lameduck twice"),
        pytest.param("health {\nlameduck -5s\n}", ":8080", 0.0, id="negative"),
        pytest.param("health :1\nhealth :2", ":2", 0.0, id="address twice"),
        pytest.param("health :1\nhealth", ":1", 0.0, id="then without address"),
        pytest.param("health {\nlameduck 1s\n}\nhealth :2", ":2", 1.0, id="then without lameduck"),
    ],
)
def test_the_last_word_on_each_thing_counts(text: str, address: str, lameduck: float) -> None:
    settings = read(text)
    assert (str(settings.address), settings.lameduck) == (address, lameduck)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("health bla", 'Corefile:2:8: "health" expects an address', id="no port"),
        pytest.param("health :1 :2", "surplus argument", id="two addresses"),
        pytest.param("health {\nlameduck\n}", "expects a duration", id="no duration"),
        pytest.param("health {\nlameduck 5\n}", "expects a duration", id="no unit"),
        pytest.param("health {\nlameduck 1s 2s\n}", "surplus argument", id="two durations"),
        pytest.param("health {\nlameduk 1s\n}", 'did you mean "lameduck"', id="unknown option"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        read(text)
