"""Servers with one Corefile and one cluster: a CoreDNS from the PATH, and we."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from testbed.background import in_background
from testbed.long_turns import WATCHED, LongTurn, collected, report
from testbed.peers import Peer, api_server, coredns, free_port

OBJECTS = Path(__file__).parent / "cluster"

COREFILES = {
    "kubeadm": """
.:{port} {{
    bind 127.0.0.1
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        {source}
        pods insecure
        ttl 30
        fallthrough in-addr.arpa ip6.arpa
    }}
    loadbalance
}}
""",
    "options": """
.:{port} {{
    bind 127.0.0.1
    hosts {{
        10.0.0.1 static.hosts.test *.wild.hosts.test
        fd00::1 six.hosts.test
        fallthrough
    }}
    kubernetes cluster.local 10.96.0.0/16 10.244.0.0/16 fd00:244::/32 {{
        {source}
        pods verified
        endpoint_pod_names
        zonal
        ignore empty_service
        fallthrough
    }}
    whoami
}}
""",
    "zones": """
cluster.local:{port} {{
    bind 127.0.0.1
    kubernetes {{
        {source}
        namespaces data
        noendpoints
    }}
}}
hosts.test:{port} shop.cluster.local:{port} {{
    bind 127.0.0.1
    hosts {{
        10.0.0.1 static.hosts.test web.shop.cluster.local
        10.0.0.2 static.hosts.test
        ttl 60
    }}
}}
bare.test:{port} {{
    bind 127.0.0.1
}}
""",
    "multicluster": """
.:{port} {{
    bind 127.0.0.1
    kubernetes cluster.local clusterset.local {{
        {source}
        multicluster clusterset.local
    }}
}}
""",
}


class Servers(NamedTuple):
    """The same served three times: by us from files and from an API server, by CoreDNS from the latter."""

    manifests: Peer
    api: Peer
    theirs: Peer


TURNS: Final = pytest.StashKey[list[LongTurn]]()


@pytest.fixture(scope="session", autouse=True)
def _watch_turns(pytestconfig: pytest.Config) -> Iterator[None]:
    """Watch the loops of all servers that these tests start."""
    with pytest.MonkeyPatch.context() as patch, collected() as turns:
        for name, value in WATCHED.items():
            patch.setenv(name, value)
        pytestconfig.stash[TURNS] = turns
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Report the turns that took too long."""
    if turns := config.stash.get(TURNS, []):
        terminalreporter.section("turns of the event loop over 10 ms")
        for line in report(turns):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Servers]]:
    """The servers of a Corefile by its name, started when they are first asked for."""
    binary = shutil.which("coredns") or ""
    started: dict[str, Servers] = {}
    with ExitStack() as stack:
        url = stack.enter_context(api_server(OBJECTS))

        def ours(name: str, source: str) -> Peer:
            corefile = COREFILES[name].format(port=free_port(), source=source)
            return Peer(stack.enter_context(in_background(corefile)).port)

        def theirs(name: str) -> Peer:
            port = free_port()
            corefile = COREFILES[name].format(port=port, source=f"endpoint {url}")
            stack.enter_context(coredns(binary, corefile, port=port, folder=tmp_path_factory.mktemp(name)))
            return Peer(port)

        def servers(name: str) -> Servers:
            if name not in started:
                started[name] = Servers(
                    ours(name, f"manifests {OBJECTS}"), ours(name, f"endpoint {url}"), theirs(name)
                )
            return started[name]

        yield servers
