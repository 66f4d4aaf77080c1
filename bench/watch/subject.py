"""The servers that are measured: ours and CoreDNS, with the same Corefile."""

import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.process import print_turns
from bench.watch.asker import Asker, Expected, expected
from bench.watch.cluster import Size, address, cluster_ip
from bench.watch.process import SUBJECT_CORE, free_port, running
from testbed.long_turns import WATCHED

COREFILE = """
.:{port} {{
    bind 127.0.0.1
    hosts {{
        10.9.9.9 web.other.test
        fallthrough
    }}
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        {options}
    }}
    {plugins}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Which server. `is_ours`: it knows our options."""

    name: str
    command: tuple[str, ...]
    is_ours: bool


OURS = Kind(name="clusterdns", command=(sys.executable, "-m", "clusterdns"), is_ours=True)


def peer() -> Kind | None:
    """CoreDNS, if there is one."""
    path = shutil.which("coredns")
    return Kind(name="CoreDNS", command=(path,), is_ours=False) if path else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A running one."""

    process: subprocess.Popen[str]
    port: int
    asker: Asker

    @property
    def pid(self) -> int:
        return self.process.pid


def last_of(size: Size) -> Expected:
    """A question that is answered when everything is there: an endpoint of the last Service of all."""
    special = list(size.special)
    if special:
        return expected(f"h0.{special[-1]}.ns-0", address(size.special_span(special[-1])[0]))
    number = size.ordinary - 1
    while number % 5 == 0:
        number -= 1
    return expected(f"service-{number}.ns-{number % 100}", cluster_ip(number))


@contextmanager
def subject(kind: Kind, folder: Path, *, options: str, plugins: str = "") -> Generator[Subject]:
    """A server for as long as this is entered. `options` of `kubernetes` say where the API server is."""
    port = free_port()
    corefile = folder / f"Corefile-{kind.name}"
    corefile.write_text(COREFILE.format(port=port, options=options, plugins=plugins), encoding="utf-8")
    command = [*kind.command, "-conf", str(corefile)]
    log = folder / f"{kind.name}.log"
    with running(command, core=SUBJECT_CORE, log=log, environment=WATCHED) as process:
        asker = Asker(port)
        try:
            yield Subject(process=process, port=port, asker=asker)
        finally:
            asker.close()
    print_turns(log.read_text(encoding="utf-8"))
