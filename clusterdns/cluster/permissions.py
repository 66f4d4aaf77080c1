"""Permissions needed at an API server, as rules of RBAC roles."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Rule:
    """Verbs on one resource. namespace: "" for all, which takes a ClusterRole. group: "" for the core one."""

    namespace: str = ""
    group: str = ""
    resource: str
    verbs: tuple[str, ...]


def merged(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The same permissions with one rule a resource and namespace, sorted; what all Namespaces allow is not
    said again of one.
    """
    verbs: dict[tuple[str, str, str], set[str]] = {}
    for rule in rules:
        verbs.setdefault((rule.namespace, rule.group, rule.resource), set()).update(rule.verbs)
    found = []
    for (namespace, group, resource), wanted in sorted(verbs.items()):
        left = wanted - verbs.get(("", group, resource), set()) if namespace else wanted
        if left:
            found.append(Rule(namespace=namespace, group=group, resource=resource, verbs=tuple(sorted(left))))
    return tuple(found)
