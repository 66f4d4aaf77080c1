"""From arguments to a command, and from its errors to an exit status."""

# ruff: noqa: PLC0415 - a command is imported when it runs, so that each loads only what it needs

import os
import sys
from collections.abc import Sequence

from clusterdns.cli.commands import CHECK, COMMANDS, PLUGINS, SERVE, Command, Given, help_text
from clusterdns.cli.flags import UsageError
from clusterdns.cli.terminal import Style

__all__ = ["dispatch"]


def dispatch(argv: Sequence[str]) -> int:
    """Run the command that `argv` names and return its exit status."""
    command, arguments = _command(argv)
    try:
        given = command.read(arguments)
    except UsageError as error:
        print(error, help_text(command, Style.of(sys.stderr)), sep="\n", file=sys.stderr)
        return 2
    try:
        status = _run(command, given)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone, as in `clusterdns plugins | head -1`; nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _command(argv: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """The command that the first word names, and the words after it; no name means `serve`."""
    for command in COMMANDS:
        if argv and argv[0] == command.name:
            return command, argv[1:]
    return SERVE, argv


def _run(command: Command, given: Given) -> int:
    if given.help:
        print(help_text(command, Style.of(sys.stdout)))
        return 0
    if command is CHECK:
        from clusterdns.cli.check import run
    elif command is PLUGINS:
        from clusterdns.cli.plugins import run
    else:
        from clusterdns.cli.serve import run
    return run(given)
