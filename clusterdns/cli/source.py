"""Reads the Corefile that the command line names."""

from collections.abc import Mapping
from dataclasses import dataclass

from clusterdns.corefile.files import MAX_FILE_SIZE, RealFiles

__all__ = ["NO_TEXT", "CorefileText", "Fault", "port_of", "read_source"]

DEFAULT_NAME = "Corefile"
DEFAULT_PORT = 53
GREATEST_PORT = 65535
ANY_PORT = 0
"""The system chooses one."""

STDIN = "stdin"
DEVICES = "/dev/"
"""Where a shell's `<(...)` stands: what whoever types the command gives need not be a regular file."""


class Fault(Exception):
    """A mistake of the user, with exit status 1; its text is one sentence."""


@dataclass(frozen=True, slots=True)
class CorefileText:
    """A Corefile as read: its name in errors, and its text."""

    name: str
    text: str


NO_TEXT = CorefileText("", "")


def read_source(conf: str | None) -> CorefileText:
    """The Corefile that `-conf` names, or the one of the working directory.

    Where the latter is missing the text is empty, which stands for the built-in Corefile.

    Raises:
        Fault: it cannot be read.
    """
    name = conf or DEFAULT_NAME
    try:
        return CorefileText(name, _read(name))
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not conf:
            return CorefileText(name, "")
        raise Fault(f'the Corefile "{name}" cannot be read: {error.strerror or error}') from error


def _read(name: str) -> str:
    if name != STDIN and not name.startswith(DEVICES):
        return RealFiles().read(name)
    # Standard input through its descriptor, since `/dev/stdin` cannot be opened where it is a socket.
    with open(0 if name == STDIN else name, "rb", closefd=name != STDIN) as stream:
        octets = stream.read(MAX_FILE_SIZE + 1)
    if len(octets) > MAX_FILE_SIZE:
        raise OSError(f"larger than {MAX_FILE_SIZE >> 20} MiB")
    return octets.decode(errors="replace")


def port_of(values: Mapping[str, str]) -> int:
    """The port of zones that name none.

    Raises:
        Fault: it is no port.
    """
    text = values.get("dns.port")
    if text is None:
        return DEFAULT_PORT
    if not text:
        return ANY_PORT  # as in CoreDNS
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= GREATEST_PORT):
        raise Fault(f'-dns.port: "{text}" is not a port; a number from 0 to {GREATEST_PORT} is expected')
    return int(text)
