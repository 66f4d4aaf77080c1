"""The shape of a log line: `[INFO] plugin/kubernetes: synced`, as CoreDNS writes it."""

import logging
import traceback

from clusterdns.telemetry.redaction import without_credentials

__all__ = ["LONGEST_MESSAGE", "LineFormatter", "one_line"]

LONGEST_MESSAGE = 8192
"""Characters of a message; what is longer is cut, so that the lines that wait are bounded in octets too."""

PLUGINS = "clusterdns.plugin."
LEVELS = {logging.CRITICAL: "FATAL"}
BARE = frozenset({"log"})
"""Plugins whose lines carry no name in front: tools parse the query log by its first field."""


class LineFormatter(logging.Formatter):
    """One record, one line: the level, the plugin if one speaks, the message.

    A plugin logs on `clusterdns.plugin.<name>`. A traceback or stack follows below its line, indented, so
    that no text within it can pass for a line of its own.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, or several with a traceback, without the final line feed."""
        level = LEVELS.get(record.levelno, record.levelname)
        message = without_credentials(record.getMessage())
        line = f"[{level}] {_speaker(record.name)}{one_line(message)}"
        if record.exc_info and record.exc_info[1] is not None:
            line += "\n" + _indented(traceback.format_exception(record.exc_info[1]))
        if record.stack_info:
            line += "\n" + _indented([record.stack_info])
        return line


def one_line(text: str) -> str:
    r"""`text` with everything that is not printable escaped (`\n`, `\x1b`, `\u2028`), cut if it is long.

    >>> one_line("a\nb")
    'a\\nb'
    """
    if len(text) > LONGEST_MESSAGE:
        text = text[:LONGEST_MESSAGE] + "…"
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    return repr(character)[1:-1]


def _speaker(logger: str) -> str:
    """The text in front of the message: `plugin/NAME: `, another logger's name, or nothing for the server."""
    if logger.startswith(PLUGINS):
        plugin = logger.removeprefix(PLUGINS).partition(".")[0]
        return "" if plugin in BARE else f"plugin/{plugin}: "
    own = logger in {"root", "clusterdns"} or logger.startswith("clusterdns.")
    return "" if own else f"{logger}: "


def _indented(parts: list[str]) -> str:
    lines = without_credentials("".join(parts)).splitlines()
    return "\n".join("  " + "".join(c if c.isprintable() else _escaped(c) for c in line) for line in lines)
