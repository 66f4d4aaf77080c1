"""How faults are shown."""

from pathlib import Path

import pytest

from clusterdns.cli.report import explain, report
from clusterdns.cli.source import CorefileText, Fault
from clusterdns.cli.terminal import Style
from clusterdns.corefile import CorefileError, CorefileErrors, Position

TEXT = ". {\n\tkubernets cluster.local\n}\n"
SOURCE = CorefileText("Corefile", TEXT)
PLAIN, TERMINAL, COLOURED = Style(), Style(terminal=True), Style(terminal=True, colours=True)


def mistake(line: int, column: int, *, file: str = "Corefile", message: str = "wrong") -> CorefileError:
    return CorefileError(Position(file, line, column), message)


def shown(*mistakes: CorefileError, style: Style = PLAIN, source: CorefileText = SOURCE) -> list[str]:
    return list(explain(CorefileErrors(mistakes), source, style))


def test_every_mistake_is_a_line_that_programs_can_read() -> None:
    assert shown(mistake(2, 2), mistake(3, 1, message="also")) == [
        "Corefile:2:2: wrong",
        "Corefile:3:1: also",
    ]


def test_a_message_cannot_make_a_line_of_its_own() -> None:
    assert shown(mistake(2, 2, message="a\nb")) == [r"Corefile:2:2: a\nb"]
    assert list(explain(Fault("a\nb"), SOURCE, PLAIN)) == [r"a\nb"]


def test_a_terminal_also_gets_the_line_and_a_caret() -> None:
    assert shown(mistake(2, 2), style=TERMINAL) == [
        "Corefile:2:2: wrong",
        "    2 |  kubernets cluster.local",
        "         ^",
    ]


def test_colours_set_off_place_and_caret() -> None:
    first, _, caret = shown(mistake(2, 2), style=COLOURED)
    assert first == "\x1b[1mCorefile:2:2:\x1b[0m wrong"
    assert caret.endswith("\x1b[31m^\x1b[0m")


def test_the_line_of_an_imported_file_is_read_from_there(tmp_path: Path) -> None:
    path = tmp_path / "imported"
    path.write_text("one\ntwo\n")
    assert shown(mistake(2, 1, file=str(path)), style=TERMINAL)[1:] == ["    2 | two", "        ^"]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        pytest.param(SOURCE, mistake(9, 1), id="behind-the-end"),
        pytest.param(SOURCE, mistake(1, 1, file="/nonexistent"), id="in-a-file-that-is-gone"),
        pytest.param(CorefileText("Corefile", "x" * 201), mistake(1, 1), id="in-a-very-long-line"),
        pytest.param(CorefileText("Corefile", "\n"), mistake(1, 1), id="in-an-empty-line"),
    ],
)
def test_without_a_line_to_show_there_is_no_caret(source: CorefileText, place: CorefileError) -> None:
    assert len(shown(place, source=source, style=TERMINAL)) == 1


def test_faults_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    report(Fault("no"))
    assert capsys.readouterr() == ("", "no\n")
