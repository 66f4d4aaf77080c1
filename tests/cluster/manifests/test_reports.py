"""What is said of faults, however many there are."""

import logging
from pathlib import Path

import pytest

from clusterdns.cluster.manifests.errors import ManifestError
from clusterdns.cluster.manifests.reports import MOST_LINES, MOST_NAMED, Reports

MANY = 1_000


def faults(number: int, reason: str = "is wrong") -> list[ManifestError]:
    return [ManifestError(Path(f"{place}.yaml"), 1, reason=reason) for place in range(number)]


def test_a_thousand_faults_are_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    reports = Reports()
    reports.errors(faults(MANY))
    assert len(caplog.messages) == MOST_NAMED + 1
    assert caplog.messages[-1] == f"{MANY - MOST_NAMED} more manifests cannot be read"
    assert len(reports.lines()) == MOST_LINES + 1
    assert reports.lines()[-1] == f"manifests: {MANY - MOST_LINES} more faults"
    caplog.clear()
    reports.errors(faults(MANY))
    assert caplog.messages == []
    reports.errors([])
    assert len(caplog.messages) == MOST_NAMED + 1
    assert reports.lines() == ()


def test_warnings_are_a_few_lines_too(caplog: pytest.LogCaptureFixture) -> None:
    Reports().warnings(tuple(str(number) for number in range(MANY)))
    assert caplog.messages[MOST_NAMED:] == [f"{MANY - MOST_NAMED} more such warnings"]


def test_a_name_cannot_make_a_line_of_its_own_on_the_page() -> None:
    reports = Reports()
    reports.errors([ManifestError(Path("a\nOK.yaml"), None, reason="is wrong")])
    assert reports.lines() == ("manifests: a\\nOK.yaml: is wrong",)
