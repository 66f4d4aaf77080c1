"""A kind of Kubernetes objects is known by its own file, and by few others: those are listed here.

Who treats all kinds alike goes through `KINDS`. To add a kind means a file in `cluster/kinds/`, the lines of
`EVERYWHERE`, and a file that answers from it; for each other file the list gives the reason.
"""

import ast
from pathlib import Path

import pytest

from clusterdns.cluster.kinds import KINDS
from clusterdns.cluster.kinds.spec import KindSpec

ROOT = Path(__file__).resolve().parents[2]
CLUSTER = "clusterdns/cluster"
PLUGIN = "plugins/clusterdns_plugins/kubernetes"

EVERYWHERE = {
    f"{CLUSTER}/kinds/__init__.py",  # KINDS
    f"{CLUSTER}/objects.py",  # gives them on
    f"{CLUSTER}/__init__.py",  # gives them on
}
LOOK_UPS = {
    f"{CLUSTER}/store.py",  # the dictionaries that look-ups read most
    f"{CLUSTER}/table.py",  # look-ups of their own, beside that by name
}
MADE = {
    f"{CLUSTER}/endpoints/controller.py",  # makes slices of Services and Pods, as a cluster would
}

PLACES = {
    "Namespace": LOOK_UPS
    | {
        f"{CLUSTER}/endpoints/controller.py",  # a selector of their own
        f"{CLUSTER}/reflector/named_namespaces.py",  # asks for those that are named
    },
    "Service": LOOK_UPS
    | MADE
    | {
        f"{CLUSTER}/manifests/lint.py",  # what a manifest of one lacks
        f"{CLUSTER}/reflector/batch.py",  # how soon its changes are answered, by its type
        f"{CLUSTER}/reflector/observer.py",
        f"{PLUGIN}/external.py",
        f"{PLUGIN}/extended_errors.py",
        f"{PLUGIN}/services.py",
    },
    "EndpointSlice": LOOK_UPS
    | MADE
    | {
        f"{CLUSTER}/serials.py",
        # They are large, and belong to something: they are compared, found and applied part by part.
        f"{CLUSTER}/replacement.py",
        f"{CLUSTER}/roster.py",
        f"{CLUSTER}/slices.py",
        f"{CLUSTER}/steps.py",
        f"{CLUSTER}/touching.py",
        f"{CLUSTER}/endpoints/mirror.py",  # makes them of Endpoints
        f"{CLUSTER}/endpoints/pods.py",  # makes them of Pods
        f"{CLUSTER}/manifests/documents.py",  # reads large ones in steps
        f"{CLUSTER}/reflector/batch.py",  # how soon their changes are answered
        f"{CLUSTER}/reflector/observer.py",
        f"{CLUSTER}/reflector/reading/portions.py",  # reads large ones in portions
        f"{PLUGIN}/name_servers.py",
        f"{PLUGIN}/naming.py",
        f"{PLUGIN}/reverse.py",
    },
    "Pod": LOOK_UPS | MADE,
    "ServiceImport": {
        f"{PLUGIN}/external.py",
        f"{PLUGIN}/extended_errors.py",
        f"{PLUGIN}/services.py",
    },
}
"""Beside its own file and EVERYWHERE, where the class of a kind is named."""


def classes(path: Path) -> set[str]:
    """The names of the classes that a file defines."""
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)}


def names(path: Path) -> set[str]:
    """The names that the code of a file uses or imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.ImportFrom) and "cluster" in (node.module or ""):
            found.update(alias.name for alias in node.names)
    return found


def files_that_name(name: str) -> set[str]:
    """The files of the server and its plugins that name a class so called."""
    paths = [*ROOT.glob("clusterdns/**/*.py"), *ROOT.glob("plugins/clusterdns_plugins/**/*.py")]
    return {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if "clusterdns/testing/" not in path.as_posix() and name in names(path)
    }


@pytest.mark.parametrize("spec", KINDS, ids=lambda spec: spec.name)
def test_a_kind_is_named_where_it_is_expected(spec: KindSpec[object]) -> None:
    own = spec.kind.__module__.replace(".", "/") + ".py"
    found = {path for path in files_that_name(spec.name) if "/cluster/" in path or "/kubernetes/" in path}
    assert found - EVERYWHERE - {own} == PLACES[spec.name]
    assert found >= EVERYWHERE | {own}


@pytest.mark.parametrize("spec", KINDS, ids=lambda spec: spec.name)
def test_its_file_has_its_shapes(spec: KindSpec[object]) -> None:
    own = ROOT / (spec.kind.__module__.replace(".", "/") + ".py")
    shapes = {spec.whole, spec.lean} | ({spec.ports.lean, spec.ports.whole} if spec.ports else set())
    elsewhere = {shape.__name__ for shape in shapes} - classes(own)
    assert elsewhere <= {"LeanObject", "PortShape"}


def test_no_two_kinds_have_one_code() -> None:
    assert len({spec.code for spec in KINDS}) == len(KINDS)
