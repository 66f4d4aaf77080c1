"""Prints faults on standard error, one line each; on a terminal with the line of the Corefile."""

import linecache
import sys
from collections.abc import Iterator

from clusterdns.cli.source import NO_TEXT, CorefileText
from clusterdns.cli.terminal import Style
from clusterdns.corefile import CorefileError, CorefileErrors
from clusterdns.telemetry.lines import one_line
from clusterdns.telemetry.redaction import without_credentials

__all__ = ["explain", "report"]

LONGEST_SHOWN_LINE = 200
"""A longer line of a Corefile is not repeated below its error."""


def report(error: Exception, source: CorefileText = NO_TEXT) -> None:
    """Print an error on standard error; `source` is the Corefile that it may have its place in."""
    for line in explain(error, source, Style.of(sys.stderr)):
        print(line, file=sys.stderr)


def explain(error: Exception, source: CorefileText, style: Style) -> Iterator[str]:
    """A line for each mistake, `Corefile:12:9: …`; on a terminal followed by the line of the Corefile."""
    if not isinstance(error, CorefileErrors):
        yield one_line(without_credentials(str(error)))
        return
    for mistake in error.errors:
        yield f"{style.bold(f'{mistake.position}:')} {one_line(without_credentials(mistake.message))}"
        if style.terminal:
            yield from _pointed_at(mistake, source, style)


def _pointed_at(mistake: CorefileError, source: CorefileText, style: Style) -> Iterator[str]:
    """The line of the mistake and a caret below its column; nothing if there is no such line to show."""
    file, number, column = mistake.position
    lines = source.text.splitlines() if file == source.name else linecache.getlines(file)
    line = lines[number - 1].rstrip() if 0 < number <= len(lines) else ""
    if not line or len(line) > LONGEST_SHOWN_LINE:
        return
    gutter = f"{number:5} | "
    shown = without_credentials(line)
    yield style.dim(gutter) + "".join(c if c.isprintable() else " " for c in shown)
    if shown != line:
        return  # the columns are others
    yield " " * (len(gutter) + column - 1) + style.red("^")
