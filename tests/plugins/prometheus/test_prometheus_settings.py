"""What `prometheus` reads from a Corefile."""

from pathlib import Path

import pytest

from clusterdns.corefile import CorefileError, CorefileErrors, parse
from clusterdns_plugins.prometheus import Settings, plugin


def read(text: str) -> Settings:
    (directive,) = parse(f". {{\n{text}\n}}", environ={}).blocks[0].directives
    settings: Settings = plugin.parse(directive)
    return settings


@pytest.mark.parametrize(
    ("text", "address", "runtime_metrics"),
    [
        pytest.param("prometheus", "localhost:9153", False, id="nothing said"),
        pytest.param("prometheus :1", ":1", False, id="address"),
        pytest.param("prometheus {\nruntime_metrics\n}", "localhost:9153", True, id="runtime metrics"),
        pytest.param("prometheus :1 {\nruntime_metrics\nruntime_metrics\n}", ":1", True, id="said twice"),
    ],
)
def test_what_is_said_counts(text: str, address: str, runtime_metrics: bool) -> None:
    settings = read(text)
    assert (str(settings.address), settings.runtime_metrics, settings.tls) == (address, runtime_metrics, None)


def test_the_file_for_tls_is_named_with_its_place() -> None:
    tls = read("prometheus {\ntls web.yml\n}").tls
    assert tls is not None
    assert (tls.path, tls.position.line) == (Path("web.yml"), 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("prometheus x", 'Corefile:2:12: "prometheus" expects an address', id="no port"),
        pytest.param("prometheus :1 :2", "surplus argument", id="two addresses"),
        pytest.param("prometheus :1\nprometheus :2", "may be used once", id="twice"),
        pytest.param("prometheus {\nruntime_metrics x\n}", "surplus argument", id="word behind a flag"),
        pytest.param("prometheus {\ntls\n}", "expects a web configuration file", id="no file"),
        pytest.param("prometheus {\ntls a b\n}", "surplus argument", id="two files"),
        pytest.param(
            "prometheus {\ntls a\ntls b\n}", 'Corefile:4:5: "tls" may be given once', id="tls twice"
        ),
        pytest.param("prometheus {\nfoo\n}", 'unknown option "foo"', id="unknown option"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises((CorefileError, CorefileErrors), match=message):
        read(text)
