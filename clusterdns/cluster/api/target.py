"""The verb and the resource of a request, derived from its path: for log lines and on missing RBAC rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

TRUE = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A verb and a resource, as roles write them.

    group: "" for the core group. namespace: "" for all. resource: "" for a path that is no resource.
    """

    verb: str
    resource: str
    group: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @classmethod
    def of(cls, path: str, params: Mapping[str, str]) -> Self:
        """The target of a GET of `path` with `params`."""
        words = path.strip("/").split("/")
        if words[0] == "api":
            group, rest = "", words[2:]
        elif words[0] == "apis" and len(words) > 2:
            group, rest = words[1], words[3:]
        else:
            group, rest = "", []
        namespace = ""
        if len(rest) > 2 and rest[0] == "namespaces":
            namespace, rest = rest[1], rest[2:]
        resource, name = (*rest, "", "")[:2]
        return cls(
            verb=_verb(name, params),
            resource=resource,
            group=group,
            namespace=namespace,
            name=name,
            path=path,
        )

    def __str__(self) -> str:
        if not self.resource:
            return f"get {self.path}"
        name = f' "{self.name}"' if self.name else ""
        place = f' in namespace "{self.namespace}"' if self.namespace else ""
        return f"{self.verb} {self.resource}{name}{place}"

    def missing_rule(self) -> str:
        """A clause for the log: the rule that no role has and that would allow the request."""
        if not self.resource:
            return f'no ClusterRole of ours has the verb "get" on the nonResourceURL "{self.path}"'
        role = f'Role in namespace "{self.namespace}"' if self.namespace else "ClusterRole"
        return f'no {role} of ours has the verb "{self.verb}" on "{self.resource}" of apiGroup "{self.group}"'


def _verb(name: str, params: Mapping[str, str]) -> str:
    if params.get("watch", "").lower() in TRUE:
        return "watch"
    return "get" if name else "list"
