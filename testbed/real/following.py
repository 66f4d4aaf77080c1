"""A DNS server that follows a real cluster, and the comparison of both.

with following(cluster) as followed:
    followed.until_right(within=10)
    followed.server.udp(query("web.shop.svc.cluster.local"))
"""

import json
import re
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

import msgspec

from clusterdns.cluster import EndpointSlice, Namespace, Pod, Service, Table
from clusterdns.cluster.objects import ClusterObject, Kind
from clusterdns.cluster.reflector.reading.decoding import Decoder
from clusterdns.plugin import AnyPlugin, Context, Plugin
from testbed.background import Background, in_background
from testbed.kube_client import RefusedError
from testbed.peers import free_port
from testbed.real.cluster import RealCluster

__all__ = ["KINDS", "Followed", "corefile_of", "following", "until"]

KINDS: Final[dict[Kind, str]] = {
    Namespace: "Namespace",
    Service: "Service",
    EndpointSlice: "EndpointSlice",
    Pod: "Pod",
}
COREFILE: Final = """
. {{
    bind 127.0.0.1
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        {source}
        {options}
    }}
    ready 127.0.0.1:{page}
    prometheus 127.0.0.1:{page}
    {more}
}}
"""

Objects = dict[tuple[str, str], ClusterObject]


class TableProbe:
    """A plugin that shows the table of its block to the test."""

    def __init__(self) -> None:
        self._contexts: list[Context] = []

    @property
    def plugin(self) -> AnyPlugin:
        """To be named in the Corefile as `probe`."""
        return Plugin(
            name="probe",
            help="made for a test",
            parse=lambda _directive: None,
            build=lambda _settings, context: self._contexts.append(context),
            before="whoami",
            inline=True,
            treats_alike=True,
        )

    @property
    def table(self) -> Table:
        """Once the server runs. Raises LookupError if its block has none."""
        table = self._contexts[0].require(Table)
        if table is None:
            raise LookupError("expected a block with a table, found none")
        return table


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The server, the port of its pages, and the cluster that it follows."""

    cluster: RealCluster
    server: Background
    probe: TableProbe
    page: int

    def held(self) -> dict[Kind, Objects]:
        """The objects of the table, at one moment."""
        table = self.probe.table
        return self.server.call(lambda: {kind: dict(table.objects(kind)) for kind in KINDS})

    def differences(self) -> list[object]:
        """The differences between the table and fresh lists."""
        true = {kind: truth(self.cluster, kind) for kind in KINDS}
        held = self.held()
        return [
            (kind.__name__, names, held[kind].get(names), true[kind].get(names))
            for kind in KINDS
            for names in held[kind].keys() | true[kind].keys()
            if held[kind].get(names) != true[kind].get(names)
        ]

    def until_right(self, *, within: float) -> float:
        """Wait until the table is what fresh lists say; how many seconds that took. Raises AssertionError."""
        return until(self._is_right, within=within, tell=self.differences)

    def _is_right(self) -> bool:
        try:
            return not self.differences()
        except (RefusedError, OSError):
            return False  # nobody says at present what is true

    def ready(self) -> tuple[str, ...]:
        """The lines of `/ready`: `OK` or the plugins that are not, then what is not up to date."""
        try:
            with urlopen(f"http://127.0.0.1:{self.page}/ready", timeout=5) as reply:
                return tuple(reply.read().decode().splitlines())
        except HTTPError as error:
            with error:
                return tuple(error.read().decode().splitlines())

    def until_ready(self, *, within: float) -> float:
        """Wait until all is well; how many seconds that took. Raises AssertionError."""
        return until(lambda: self.ready() == ("OK",), within=within, tell=self.ready)

    def figures(self, name: str) -> dict[str, float]:
        """A metric of following by resource: `lists`, `watches`, `relists`, `restarts`."""
        with urlopen(f"http://127.0.0.1:{self.page}/metrics", timeout=5) as reply:
            text: str = reply.read().decode()
        lines = rf'^clusterdns_kubernetes_{name}_total{{.*resource="(\w+)".*}} (\S+)$'
        return {found[1]: float(found[2]) for found in re.finditer(lines, text, re.MULTILINE)}


def corefile_of(
    source: str, *, options: Iterable[str] = ("pods verified",), page: int = 0, more: str = ""
) -> str:
    """The Corefile of all these servers; `source` is where the objects come from, `more` another plugin."""
    chosen = "\n        ".join(options)
    return COREFILE.format(source=source, options=chosen, page=page or free_port(), more=more)


@contextmanager
def following(
    cluster: RealCluster, *, port: int = 0, options: Iterable[str] = ("pods verified",)
) -> Generator[Followed]:
    """Serve what the cluster has, asked at its port or at another one that leads there."""
    page, probe = free_port(), TableProbe()
    source = f"kubeconfig {cluster.kubeconfig(port=port)}"
    corefile = corefile_of(source, options=options, page=page, more=probe.plugin.name)
    with in_background(corefile, plugins=[probe.plugin]) as server:
        yield Followed(cluster=cluster, server=server, probe=probe, page=page)


def truth(cluster: RealCluster, kind: Kind) -> Objects:
    """The objects of a fresh list."""
    decoder = Decoder(kind)
    documents = cluster.client.items(KINDS[kind])
    items = [decoder.decode(msgspec.Raw(json.dumps(one).encode())).item for one in documents]
    return {(item.namespace, item.name): item for item in items}


def until(condition: Callable[[], bool], *, within: float, tell: Callable[[], object]) -> float:
    """Wait for a condition; how many seconds that took.

    Raises:
        AssertionError: it took longer than `within`; the text is what `tell` says then.
    """
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began >= within:
            raise AssertionError(f"not within {within} s: {tell()}")
        time.sleep(0.1)
    return time.monotonic() - began
