"""Random changes and random faults of a real cluster: in the end all is known and answered as it is there."""

import json
import logging
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from random import Random
from typing import Any

import pytest

from testbed.asking import Answer
from testbed.background import Background, in_background
from testbed.real.cluster import RealCluster
from testbed.real.faults import FAULTS, Fault
from testbed.real.following import KINDS, Followed, corefile_of, following
from testbed.real.life import Life
from testbed.relay import Relay, relay
from testbed.wire import query

pytestmark = pytest.mark.e2e

log = logging.getLogger(__name__)

CHANGES_BETWEEN = 30
CHANGES_MEANWHILE = 30
HEALED_SECONDS = 60.0
A, PTR, AAAA, SRV = 1, 12, 28, 33
ZONE = "cluster.local"

Allow = Callable[[RealCluster], None]


def note(what: str, figure: object) -> None:
    """To be seen with `-rP --log-level=INFO`."""
    log.info("%s: %s", what, figure)


def suffer(fault: Fault, life: Life, *, cluster: RealCluster, way: Relay) -> None:
    """Changes, a fault with changes that we may not see, and an API server that is well again."""
    life.changes(CHANGES_BETWEEN)
    with fault(cluster, way):
        life.changes(CHANGES_MEANWHILE)
    cluster.wait_ready()


def questions(documents: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """What can be asked of these objects, and of those that are not there."""
    for namespace in (*(f"n{number}" for number in range(5)), "default"):
        for name in (*(f"s{number}" for number in range(21)), "kubernetes"):
            service = f"{name}.{namespace}.svc.{ZONE}"
            yield from ((service, rtype) for rtype in (A, AAAA, SRV))
            yield f"_http._tcp.{service}", SRV
    for ip in sorted({text for document in documents for text in addresses(document)}):
        yield ip_address(ip).reverse_pointer, PTR
        dashed = ip.replace(".", "-").replace(":", "-")
        for number in range(5):
            yield f"{dashed}.n{number}.pod.{ZONE}", A
    for document in documents:
        if document["kind"] == "EndpointSlice":
            service = document["metadata"]["labels"]["kubernetes.io/service-name"]
            for one in document["endpoints"] or ():
                yield f"{one['hostname']}.{service}.{document['metadata']['namespace']}.svc.{ZONE}", A


def addresses(document: dict[str, Any]) -> list[str]:
    match document["kind"]:
        case "Service":
            return [ip for ip in document["spec"].get("clusterIPs", ()) if ip != "None"]
        case "EndpointSlice":
            return [ip for one in document["endpoints"] or () for ip in one["addresses"]]
        case "Pod":
            return [one["ip"] for one in document["status"].get("podIPs", ())]
        case _:
            return []


def reply(server: Background, name: str, rtype: int) -> tuple[str, list[str]]:
    answer = Answer(server.tcp(query(name, rtype)))
    return answer.rcode, sorted(answer.answer)


def check_answers(followed: Followed, folder: Path) -> int:
    """They are those of a server that reads the same objects from a file. How many have data."""
    documents = [one for kind in KINDS.values() for one in followed.cluster.client.items(kind)]
    file = folder / "cluster.json"
    file.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": documents}))
    corefile = corefile_of(f"manifests {file}")
    with_data = 0
    with in_background(corefile) as told:
        for name, rtype in questions(documents):
            ours = reply(followed.server, name, rtype)
            assert (name, rtype, ours) == (name, rtype, reply(told, name, rtype))
            with_data += bool(ours[1])
    check_cluster_ips(followed.server, documents)
    return with_data


def check_cluster_ips(server: Background, documents: list[dict[str, Any]]) -> None:
    """Without any code of ours that reads objects: a ClusterIP is the answer, if its Namespace is there."""
    namespaces = {one["metadata"]["name"] for one in documents if one["kind"] == "Namespace"}
    for one in documents:
        if one["kind"] != "Service" or one["spec"].get("clusterIP", "None") == "None":
            continue
        name, namespace = one["metadata"]["name"], one["metadata"]["namespace"]
        rcode, answer = reply(server, f"{name}.{namespace}.svc.{ZONE}", A)
        expected = [one["spec"]["clusterIP"]] if namespace in namespaces else []
        assert [line.split()[-1] for line in answer] == expected
        assert rcode == ("NOERROR" if expected else "NXDOMAIN")


@pytest.mark.parametrize("seed", [1])
def test_after_random_changes_and_faults_table_and_answers_are_what_a_fresh_list_says(
    seed: int, cluster: RealCluster, allowed: Allow, tmp_path: Path
) -> None:
    allowed(cluster)
    random = Random(seed)
    life = Life(cluster.client, random)
    for number in range(4):
        cluster.client.apply({"kind": "Namespace", "metadata": {"name": f"n{number}"}})
    with relay(cluster.port) as way, following(cluster, port=way.port) as followed:
        followed.until_right(within=15)
        for number, name in enumerate(random.sample(sorted(FAULTS), len(FAULTS))):
            suffer(FAULTS[name], life, cluster=cluster, way=way)
            # Every other fault meets one that is not healed yet.
            if number % 2:
                note(name, round(followed.until_right(within=HEALED_SECONDS), 1))
        life.changes(CHANGES_BETWEEN)
        note("at the end", round(followed.until_right(within=HEALED_SECONDS), 1))
        note("until all is fresh", round(followed.until_ready(within=HEALED_SECONDS), 1))
        note("changes", life.made)
        note("answers with data", check_answers(followed, tmp_path))
        note("relists", followed.figures("relists"))
