"""The commands, their flags, and the help that is made from both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from clusterdns.cli.flags import CommandFlag, ReadFlags, read_flags
from clusterdns.cli.terminal import Style

__all__ = ["CHECK", "COMMANDS", "PLUGINS", "SERVE", "Command", "Given", "help_text"]

Given: TypeAlias = ReadFlags


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: its name, its arguments beside flags, its flags, and its help, short and in full."""

    name: str
    takes: str
    summary: str
    description: str
    flags: tuple[CommandFlag, ...]

    def read(self, arguments: Sequence[str]) -> Given:
        """Read the arguments that follow the command's name.

        `serve` reads as CoreDNS does, where a word ends the flags; the others take them anywhere.

        Raises:
            UsageError: they cannot be read.
        """
        given = read_flags(arguments, self.flags)
        words: list[str] = []
        while self is not SERVE and given.words and not given.help:
            words.append(given.words[0])
            more = read_flags(given.words[1:], self.flags)
            given = ReadFlags(
                values=given.values | more.values,
                switches=given.switches | more.switches,
                words=more.words,
                help=more.help,
            )
        given.words = (*words, *given.words)
        return given


CONF = CommandFlag(
    names=("conf",),
    word="FILE",
    help='the Corefile, or "stdin" (default Corefile, where there is none a built-in one)',
)
PORT = CommandFlag(names=("dns.port", "p"), word="PORT", help="the port of zones that name none (default 53)")

SERVE = Command(
    name="serve",
    takes="",
    summary="answer queries as a Corefile says; what `clusterdns` alone does",
    description="Answers DNS queries as a Corefile says, until SIGTERM or Ctrl-C.",
    flags=(
        CONF,
        PORT,
        CommandFlag(names=("packet-cache",), help="remember replies by packet (default), or =false"),
        CommandFlag(names=("pidfile",), word="FILE", help="write the process id to FILE while serving"),
        CommandFlag(names=("plugins",), help="print the names of the installed plugins"),
        CommandFlag(names=("quiet",), help="print nothing at start but the log"),
        CommandFlag(names=("version",), help="print the version"),
    ),
)
CHECK = Command(
    name="check",
    takes="[FILE]",
    summary="say what is wrong with a Corefile and the manifests it names",
    description=(
        "Reads a Corefile and all that it names, manifests too, as a server would at its start; opens no\n"
        "socket and starts nothing. Prints every mistake with its place and exits with 1, or one line and 0."
    ),
    flags=(
        CONF,
        PORT,
        CommandFlag(names=("rbac",), help="print the least rights at the API server that it needs, as YAML"),
    ),
)
PLUGINS = Command(
    name="plugins",
    takes="[NAME]",
    summary="list the installed plugins, or print the manual of one",
    description=(
        "Lists the installed plugins in the order in which queries pass them, each with the distribution\n"
        "that it comes from. With a NAME it prints that plugin's manual."
    ),
    flags=(),
)
COMMANDS = (SERVE, CHECK, PLUGINS)


def help_text(command: Command, style: Style) -> str:
    """The help of a command; that of `serve` also lists the others."""
    name = "[serve]" if command is SERVE else command.name
    words = ("clusterdns", name, "[FLAG...]" if command.flags else "", command.takes)
    usage = " ".join(filter(None, words))
    parts = [f"{style.bold('Usage:')} {usage}", command.description]
    if command.flags:
        rows = [(_spelling(flag), flag.help) for flag in command.flags]
        parts.append(_table("Flags:", rows, style))
    if command is SERVE:
        rows = [(f"{each.name} {each.takes}".strip(), each.summary) for each in COMMANDS]
        parts.append(_table("Commands:", rows, style))
        parts.append("`clusterdns COMMAND -help` tells more of one.")
    return "\n\n".join(parts)


def _spelling(flag: CommandFlag) -> str:
    return ", ".join(f"-{name} {flag.word}".strip() for name in flag.names)


def _table(title: str, rows: list[tuple[str, str]], style: Style) -> str:
    width = max(len(left) for left, _ in rows)
    return "\n".join([style.bold(title), *(f"  {left:<{width}}  {right}" for left, right in rows)])
