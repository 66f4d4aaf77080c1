"""`errors` logs what fails behind it, a line each."""

import logging

import pytest

from clusterdns.plugin import BackendFailure, Query, Reply
from clusterdns.telemetry.lines import LineFormatter
from clusterdns.testing.chain import Chain, running
from clusterdns_plugins.errors import plugin

LOGGER = "clusterdns.plugin.errors"


async def ask(chain: Chain, name: str, rtype: str | int = "A") -> type[BaseException] | None:
    """Ask, and return the type of what was raised."""
    try:
        await chain.ask(name, rtype)
    except Exception as error:  # noqa: BLE001 - every type is expected
        return type(error)
    return None


@pytest.mark.parametrize(
    ("raised", "name", "rtype", "line"),
    [
        pytest.param(
            BackendFailure("10.0.0.1:53 does not answer"),
            "example.org.",
            "A",
            "[ERROR] plugin/errors: 2 example.org. A: 10.0.0.1:53 does not answer",
            id="a failure is SERVFAIL",
        ),
        pytest.param(
            BackendFailure("not for you", rcode=5),
            "Example.ORG.",
            "SRV",
            "[ERROR] plugin/errors: 5 example.org. SRV: not for you",
            id="or what it says, and the name is in lower case",
        ),
        pytest.param(
            KeyError("port"),
            "example.org.",
            65280,
            "[ERROR] plugin/errors: 2 example.org. TYPE65280: KeyError: 'port'",
            id="a bug is named by its type",
        ),
        pytest.param(
            BackendFailure("one\n[INFO] two\x1b[31m"),
            "a\\010b.example.org.",
            "A",
            "[ERROR] plugin/errors: 2 a\\010b.example.org. A: one\\n[INFO] two\\x1b[31m",
            id="one line, whatever is in name and text",
        ),
    ],
)
async def test_a_failure_is_one_line_and_goes_on(
    raised: Exception, name: str, rtype: str | int, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(query: Query) -> Reply:
        raise raised

    async with running(". {\n errors\n}", plugin, end=fail) as chain:
        assert await ask(chain, name, rtype) is type(raised)
    (record,) = caplog.records
    assert record.name == LOGGER
    assert LineFormatter().format(record) == line


async def test_an_answer_is_not_logged_whatever_its_code(caplog: pytest.LogCaptureFixture) -> None:
    async def refuse(query: Query) -> Reply:
        return Reply(rcode=5)

    async with running(". {\n errors\n}", plugin, end=refuse) as chain:
        assert (await chain.ask("example.org.")).rcode == 5
    assert caplog.records == []


@pytest.mark.parametrize(
    ("text", "traceback"),
    [
        pytest.param("errors", False, id="left out"),
        pytest.param("errors {\n stacktrace\n }", True, id="with stacktrace"),
    ],
)
async def test_stacktrace_adds_the_traceback(
    text: str, traceback: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(f". {{\n {text}\n}}", plugin) as chain:
        await ask(chain, "example.org.")
    (record,) = caplog.records
    assert (record.exc_info is not None) == traceback
    assert record.levelno == logging.ERROR
