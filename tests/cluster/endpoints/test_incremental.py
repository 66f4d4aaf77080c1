"""Whatever the order of edits, the controllers end where they would with the last state alone."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoints.controller import Controller, Selection
from clusterdns.cluster.kube.declared import Declared
from clusterdns.cluster.manifests.chunks import Chunk
from clusterdns.cluster.manifests.documents import DocumentReader
from clusterdns.cluster.manifests.merge import Merge
from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.objects import ClusterObject, ObjectKey, key_of
from clusterdns.cluster.selector import LabelSelector

READER = DocumentReader()
names = st.sampled_from(("web", "db"))
labels = st.dictionaries(st.sampled_from(("app", "tier")), st.sampled_from(("a", "b")), max_size=2)
addresses = st.sampled_from(("10.1.0.1", "10.1.0.2", "fd00::1"))


def metadata(name: str, own: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "namespace": "shop", "labels": own}


def service(name: str, own: dict[str, str], selector: dict[str, str], kind: str) -> dict[str, Any]:
    spec = {"clusterIP": kind, "selector": selector, "ports": [{"port": 80, "targetPort": "http"}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata(name, own), "spec": spec}


def pod(name: str, own: dict[str, str], ips: list[str], phase: str) -> dict[str, Any]:
    status = {"phase": phase, "podIPs": [{"ip": ip} for ip in ips]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata(name, own), "status": status}


def endpoints(name: str, own: dict[str, str], ips: list[str]) -> dict[str, Any]:
    subsets = [{"addresses": [{"ip": ip} for ip in ips]}]
    return {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata(name, own), "subsets": subsets}


def written(name: str, service_name: str, ips: list[str]) -> dict[str, Any]:
    own = {"kubernetes.io/service-name": service_name}
    found = [{"addresses": [ip]} for ip in ips]
    version = "discovery.k8s.io/v1"
    return {
        "apiVersion": version,
        "kind": "EndpointSlice",
        "metadata": metadata(name, own),
        "endpoints": found,
    }


def declared(value: dict[str, Any]) -> Declared:
    (found,) = READER.read(Chunk(pieces=(json.dumps(value),), line=1), no_yield, is_json=True)
    return found


ips = st.lists(addresses, max_size=2, unique=True)
objects = st.one_of(
    st.builds(service, names, labels, labels, st.sampled_from(("None", "10.96.0.1", ""))),
    st.builds(pod, st.sampled_from(("p", "q")), labels, ips, st.sampled_from(("Running", "Failed"))),
    st.builds(endpoints, names, labels, ips),
    st.builds(written, st.sampled_from(("s", "t")), names, ips),
).map(declared)
edits = st.dictionaries(
    st.sampled_from((Path("a"), Path("b"), Path("c"))), st.none() | st.lists(objects, max_size=4), max_size=2
)
selections = st.sampled_from(("", "app=a", "!tier")).map(
    lambda text: Selection(labels=LabelSelector.parse(text))
)


def apply(held: dict[ObjectKey, ClusterObject], changes: ChangeSet) -> None:
    for key in changes.removed:
        del held[key]  # what is removed was there
    for item in changes.put:
        assert held.get(key_of(item)) != item  # what is put is new
        held[key_of(item)] = item


@given(selections, st.lists(edits, max_size=6))
def test_many_edits_end_where_the_last_state_alone_ends(
    selection: Selection, steps: list[dict[Path, list[Declared] | None]]
) -> None:
    merge, controller = Merge(), Controller(selection, no_yield)
    held: dict[ObjectKey, ClusterObject] = {}
    files: dict[Path, list[Declared] | None] = {}
    for step in steps:
        apply(held, controller.update(merge.update(step)[0]))
        files.update(step)
    fresh: dict[ObjectKey, ClusterObject] = {}
    apply(fresh, Controller(selection, no_yield).update(Merge().update(files)[0]))
    assert held == fresh
