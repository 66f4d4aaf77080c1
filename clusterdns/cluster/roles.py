"""Rules as manifests: a service account, the roles that hold the rules, and their bindings."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from clusterdns.cluster.permissions import Rule, merged

NAME: Final = "clusterdns"
HOME: Final = "kube-system"
RBAC: Final = "rbac.authorization.k8s.io"
AMBIGUOUS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})

Lines = Iterator[str]


def roles_yaml(rules: Iterable[Rule], *, name: str = NAME, home: str = HOME) -> str:
    """YAML for `kubectl apply`: a ClusterRole for rules of all namespaces, a Role for those of each other.

    name: that of all objects. home: the namespace of the service account, which is there already.
    """
    wanted = merged(rules)
    if not wanted:
        return "# Nothing is asked of an API server.\n"
    documents = [_service_account(name, home)]
    for namespace, found in groupby(wanted, key=lambda rule: rule.namespace):
        documents += [_role(name, namespace, rules=tuple(found)), _binding(name, namespace, home=home)]
    return "---\n".join("".join(f"{line}\n" for line in document) for document in documents)


def _service_account(name: str, home: str) -> Lines:
    yield "apiVersion: v1"
    yield "kind: ServiceAccount"
    yield from _metadata(name, home)


def _role(name: str, namespace: str, *, rules: Iterable[Rule]) -> Lines:
    yield f"apiVersion: {RBAC}/v1"
    yield f"kind: {_kind(namespace)}"
    yield from _metadata(name, namespace)
    yield "rules:"
    for rule in rules:
        yield f"  - apiGroups: [{_quoted(rule.group)}]"
        yield f"    resources: [{rule.resource}]"
        yield f"    verbs: [{', '.join(rule.verbs)}]"


def _binding(name: str, namespace: str, *, home: str) -> Lines:
    yield f"apiVersion: {RBAC}/v1"
    yield f"kind: {_kind(namespace)}Binding"
    yield from _metadata(name, namespace)
    yield "roleRef:"
    yield f"  apiGroup: {RBAC}"
    yield f"  kind: {_kind(namespace)}"
    yield f"  name: {_quoted(name)}"
    yield "subjects:"
    yield "  - kind: ServiceAccount"
    yield f"    name: {_quoted(name)}"
    yield f"    namespace: {_quoted(home)}"


def _metadata(name: str, namespace: str) -> Lines:
    yield "metadata:"
    yield f"  name: {_quoted(name)}"
    if namespace:
        yield f"  namespace: {_quoted(namespace)}"


def _kind(namespace: str) -> str:
    return "Role" if namespace else "ClusterRole"


def _quoted(text: str) -> str:
    """A text as YAML, bare where nothing can be mistaken in it; what JSON quotes, YAML reads."""
    bare = text.replace("-", "").replace(".", "")
    is_plain = bare.isascii() and bare.isalnum() and text[0].isalpha() and text.lower() not in AMBIGUOUS
    return text if is_plain else json.dumps(text)
