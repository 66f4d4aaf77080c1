"""A network of its own on this machine, reached over a link on which the packets of connections can vanish.

    with far_network() as far:
        subprocess.Popen([*far.command, sys.executable, "-m", ..., "--host", far.address])
        ...
        far.drop_connections(port)      # of those that are open no packet comes back, not even a reset

It takes Linux, root and `ip` and `ss` of iproute2; `can_make` tells. No packet leaves the machine.
"""

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

__all__ = ["FarNetwork", "can_make", "far_network"]

NEAR: Final = "198.18.77.1"
FAR: Final = "198.18.77.2"
"""Of the addresses that are set aside for measuring (RFC 2544)."""

COMMAND_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FarNetwork:
    """command: what a program's words are put behind so that it runs there. address: where it listens."""

    command: tuple[str, ...]
    address: str

    def drop_connections(self, port: int) -> int:
        """Let the packets vanish that connections open to this port send back; how many those are.

        The other side sees no difference to a network that takes its packets and is silent. Connections
        made later are not touched.
        """
        ports = self._clients(port)
        for client in ports:
            rule = f"to {NEAR} ipproto tcp sport {port} dport {client} blackhole"
            _run(f"ip rule add {rule}", within=self.command)
        return len(ports)

    def _clients(self, port: int) -> list[str]:
        """The ports of those who are connected."""
        filters = f"state established sport = :{port}"
        said = _run(f"ss --no-header --numeric --tcp {filters}", within=self.command)
        return [line.split()[3].rpartition(":")[2] for line in said.splitlines()]


def can_make() -> bool:
    """Whether this process may make one: tried out."""
    if os.name != "posix" or not shutil.which("ip") or not shutil.which("ss") or os.geteuid() != 0:
        return False
    try:
        with far_network():
            return True
    except OSError:
        return False


@contextmanager
def far_network() -> Generator[FarNetwork]:
    """Make one; it is gone when the context is left.

    Raises:
        OSError: it cannot be made; the text is what `ip` says.
    """
    name, link = f"far-{os.getpid()}", f"far{os.getpid()}"
    inside = ("ip", "netns", "exec", name)
    with ExitStack() as undoing:
        _run(f"ip netns add {name}")
        undoing.callback(_run, f"ip netns delete {name}")
        _run(f"ip link add {link} type veth peer name eth0 netns {name}")
        undoing.callback(_run, f"ip link delete {link}")
        _run(f"ip address add {NEAR}/30 dev {link}")
        _run(f"ip link set {link} up")
        _run(f"ip address add {FAR}/30 dev eth0", within=inside)
        _run("ip link set eth0 up", within=inside)
        _run("ip link set lo up", within=inside)
        yield FarNetwork(command=inside, address=FAR)


def _run(command: str, *, within: tuple[str, ...] = ()) -> str:
    done = subprocess.run(  # noqa: S603 - words of this module
        [*within, *command.split()], capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
    )
    if done.returncode:
        raise OSError(f"{command}: {done.stderr.strip()}")
    return done.stdout
