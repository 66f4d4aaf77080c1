"""Colours are for eyes only."""

import io

import pytest

from clusterdns.cli.terminal import Style


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "style"),
    [
        pytest.param(Terminal(), {"TERM": "xterm"}, Style(terminal=True, colours=True), id="terminal"),
        pytest.param(Terminal(), {"NO_COLOR": "1"}, Style(terminal=True), id="no-color"),
        pytest.param(Terminal(), {"NO_COLOR": ""}, Style(terminal=True, colours=True), id="empty-no-color"),
        pytest.param(Terminal(), {"TERM": "dumb"}, Style(terminal=True), id="dumb-terminal"),
        pytest.param(io.StringIO(), {"TERM": "xterm"}, Style(), id="pipe"),
        pytest.param(None, {}, Style(), id="closed"),
    ],
)
def test_who_gets_colours(stream: io.StringIO | None, environ: dict[str, str], style: Style) -> None:
    assert Style.of(stream, environ) == style


def test_plain_text_stays_plain() -> None:
    style = Style(terminal=True)
    assert style.bold("x") + style.red("y") + style.dim("z") == "xyz"
