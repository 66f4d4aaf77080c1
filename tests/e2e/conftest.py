"""Pairs of servers with one Corefile and one cluster: a CoreDNS from the PATH, and we."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from clusterdns.testing.background import in_background
from clusterdns.testing.peers import Peer, api_server, coredns, free_port

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


class Pair(NamedTuple):
    """The same served twice."""

    ours: Peer
    theirs: Peer


@pytest.fixture(scope="session")
def served_twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Pair]]:
    """The servers of a Corefile by its name, started when they are first asked for."""
    binary = shutil.which("coredns") or ""
    pairs: dict[str, Pair] = {}
    with ExitStack() as stack:
        url = stack.enter_context(api_server(OBJECTS))

        def pair(name: str) -> Pair:
            if name not in pairs:
                port, text = free_port(), COREFILES[name]
                corefile = text.format(port=port, source=f"endpoint {url}")
                folder = tmp_path_factory.mktemp(name)
                stack.enter_context(coredns(binary, corefile, port=port, folder=folder))
                corefile = text.format(port=free_port(), source=f"manifests {OBJECTS}")
                pairs[name] = Pair(Peer(stack.enter_context(in_background(corefile)).port), Peer(port))
            return pairs[name]

        yield pair
