"""What `ready` reads from a Corefile."""

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, parse
from clusterdns_plugins.ready import Settings, plugin
from clusterdns_plugins.ready.config import Monitor


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    settings: Settings = plugin.parse(directive)
    return settings


@pytest.mark.parametrize(
    ("text", "address", "monitor"),
    [
        pytest.param("ready", ":8181", Monitor.UNTIL_READY, id="nothing said"),
        pytest.param("ready [::1]:1", "[::1]:1", Monitor.UNTIL_READY, id="address"),
        pytest.param("ready {\nmonitor until-ready\n}", ":8181", Monitor.UNTIL_READY, id="until-ready"),
        pytest.param("ready :1 {\nmonitor continuously\n}", ":1", Monitor.CONTINUOUSLY, id="continuously"),
    ],
)
def test_what_is_said_counts(text: str, address: str, monitor: Monitor) -> None:
    settings = read(text)
    assert (str(settings.address), settings.monitor) == (address, monitor)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("ready bla", 'Corefile:2:7: "ready" expects an address', id="no port"),
        pytest.param("ready bla bla", "expects an address", id="two words"),
        pytest.param("ready :1 b", "surplus argument", id="word behind"),
        pytest.param("ready :1\nready :2", "may be used once", id="twice"),
        pytest.param("ready {\nmonitor\n}", 'expects "until-ready" or "continuously"', id="no word"),
        pytest.param("ready {\nmonitor 404\n}", 'expects "until-ready" or "continuously"', id="another word"),
        pytest.param("ready {\nmonitro continuously\n}", 'did you mean "monitor"', id="unknown option"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        read(text)
