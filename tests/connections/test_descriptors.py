"""How many connections a limit of open files leaves room for."""

import resource

import pytest

from clusterdns.connections.descriptors import most_connections, most_page_connections


@pytest.mark.parametrize(
    ("descriptors", "most"),
    [
        pytest.param(16, 4, id="fewest"),
        pytest.param(64, 16, id="a quarter of few"),
        pytest.param(400, 144, id="all but those in reserve"),
        pytest.param(1024, 512, id="half"),
        pytest.param(1_000_000, 20_000, id="most"),
    ],
)
def test_queries_leave_descriptors_for_everything_else(descriptors: int, most: int) -> None:
    assert most_connections(descriptors) == most


@pytest.mark.parametrize(
    ("descriptors", "most"),
    [pytest.param(16, 4, id="fewest"), pytest.param(256, 16, id="few"), pytest.param(65536, 64, id="most")],
)
def test_pages_leave_most_descriptors_to_queries(
    descriptors: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (descriptors, descriptors))
    assert most_page_connections() == most
