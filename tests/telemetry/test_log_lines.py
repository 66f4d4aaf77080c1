"""How a record becomes a line."""

import logging
import sys

import pytest

from clusterdns.telemetry.lines import LONGEST_MESSAGE, LineFormatter, one_line


def formatted(name: str, message: str, *args: object, level: int = logging.INFO) -> str:
    return LineFormatter().format(logging.LogRecord(name, level, "file.py", 1, message, args, None))


@pytest.mark.parametrize(
    ("logger", "line"),
    [
        pytest.param("clusterdns.server", "[INFO] hello", id="the-server-speaks-without-a-name"),
        pytest.param("clusterdns", "[INFO] hello", id="its-top-too"),
        pytest.param("clusterdns.plugin.errors", "[INFO] plugin/errors: hello", id="a-plugin-is-named"),
        pytest.param(
            "clusterdns.plugin.kubernetes.watch", "[INFO] plugin/kubernetes: hello", id="by-its-name-only"
        ),
        pytest.param("clusterdns.plugin.log", "[INFO] hello", id="the-query-log-has-no-prefix"),
        pytest.param("asyncio", "[INFO] asyncio: hello", id="a-library-is-named"),
        pytest.param("clusterdnsx", "[INFO] clusterdnsx: hello", id="a-similar-name-is-another"),
        pytest.param("root", "[INFO] hello", id="root"),
    ],
)
def test_who_speaks_stands_before_the_message(logger: str, line: str) -> None:
    assert formatted(logger, "hello") == line


@pytest.mark.parametrize(
    ("level", "word"),
    [
        pytest.param(logging.DEBUG, "[DEBUG]", id="debug"),
        pytest.param(logging.INFO, "[INFO]", id="info"),
        pytest.param(logging.WARNING, "[WARNING]", id="warning"),
        pytest.param(logging.ERROR, "[ERROR]", id="error"),
        pytest.param(logging.CRITICAL, "[FATAL]", id="fatal"),
    ],
)
def test_the_level_is_in_brackets(level: int, word: str) -> None:
    assert formatted("clusterdns", "x", level=level) == f"{word} x"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a\nb", r"a\nb", id="line-feed"),
        pytest.param("a\r\tb", r"a\r\tb", id="return-and-tab"),
        pytest.param("\x1b[31mred", r"\x1b[31mred", id="terminal-escape"),
        pytest.param("a\u2028b\x85c", r"a\u2028b\x85c", id="unicode-line-ends"),
        pytest.param("\udcff", r"\udcff", id="lone-surrogate"),
        pytest.param("grün, 网", "grün, 网", id="letters-stay"),
    ],
)
def test_a_message_is_one_printable_line(text: str, line: str) -> None:
    assert one_line(text) == line
    assert formatted("clusterdns", "%s", text) == f"[INFO] {line}"


def test_a_long_message_is_cut() -> None:
    assert one_line("x" * (LONGEST_MESSAGE + 1)) == "x" * LONGEST_MESSAGE + "…"
    assert one_line("x" * LONGEST_MESSAGE) == "x" * LONGEST_MESSAGE


def test_a_traceback_follows_indented_so_that_its_text_forges_no_line() -> None:
    try:
        raise ValueError("bad\n[INFO] forged \x1b[0m")
    except ValueError:
        record = logging.LogRecord("clusterdns", logging.ERROR, "f.py", 1, "a bug", (), sys.exc_info())
    first, *rest = LineFormatter().format(record).split("\n")
    assert first == "[ERROR] a bug"
    assert rest[0] == "  Traceback (most recent call last):"
    assert rest[-2:] == ["  ValueError: bad", r"  [INFO] forged \x1b[0m"]
    assert all(line.startswith("  ") for line in rest)


def test_exc_info_without_an_exception_adds_nothing() -> None:
    record = logging.LogRecord("clusterdns", logging.ERROR, "f.py", 1, "x", (), (None, None, None))
    assert LineFormatter().format(record) == "[ERROR] x"


def test_a_stack_follows_indented() -> None:
    record = logging.LogRecord("clusterdns", logging.WARNING, "f.py", 1, "x", (), None, sinfo="a:1 f\nb:2 g")
    assert LineFormatter().format(record) == "[WARNING] x\n  a:1 f\n  b:2 g"
