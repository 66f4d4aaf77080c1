"""The resources that are served, and the parsing of paths."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """A resource of the API.

    fields: what a field selector may name besides metadata.name and metadata.namespace.
    blank: what Go's encoder writes for an object that nobody filled in; a bookmark carries it.
    custom: defined by a custom resource definition. Items of its lists carry kind and apiVersion,
        others do not.
    """

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    fields: tuple[str, ...] = ()
    blank: Mapping[str, Any] = field(default_factory=dict)
    custom: bool = False

    @property
    def api_version(self) -> str:
        """As objects say it: `v1`, `discovery.k8s.io/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str = "") -> str:
        """Of its collection, in one namespace or in all."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        return f"{root}/namespaces/{namespace}/{self.plural}" if namespace else f"{root}/{self.plural}"

    @property
    def prefix(self) -> bytes:
        """The start of an encoded object of this kind."""
        return f'{{"kind":"{self.kind}","apiVersion":"{self.api_version}",'.encode()


SERVICES: Final = Resource(
    group="",
    version="v1",
    plural="services",
    kind="Service",
    fields=("spec.clusterIP", "spec.type"),
    blank={"spec": {}, "status": {"loadBalancer": {}}},
)
ENDPOINT_SLICES: Final = Resource(
    group="discovery.k8s.io",
    version="v1",
    plural="endpointslices",
    kind="EndpointSlice",
    blank={"addressType": "", "endpoints": None, "ports": None},
)
NAMESPACES: Final = Resource(
    group="",
    version="v1",
    plural="namespaces",
    kind="Namespace",
    namespaced=False,
    fields=("status.phase",),
    blank={"spec": {}, "status": {}},
)
PODS: Final = Resource(
    group="",
    version="v1",
    plural="pods",
    kind="Pod",
    fields=("spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"),
    blank={"spec": {"containers": None}, "status": {}},
)
SERVICE_IMPORTS: Final = Resource(
    group="multicluster.x-k8s.io",
    version="v1alpha1",
    plural="serviceimports",
    kind="ServiceImport",
    custom=True,
)
RESOURCES: Final = (SERVICES, ENDPOINT_SLICES, NAMESPACES, PODS, SERVICE_IMPORTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The target of a path: one object if it has a name, else a collection."""

    resource: Resource
    namespace: str = ""
    name: str = ""


def resource_of(word: str) -> Resource:
    """A resource by its kind or its plural.

    Raises:
        ValueError: there is none.
    """
    for resource in RESOURCES:
        if word in {resource.kind, resource.plural}:
            return resource
    raise ValueError(f'expected one of {", ".join(one.kind for one in RESOURCES)}, found "{word}"')


def parse_path(path: str) -> Target | None:
    """The target of a path, None for one that names no resource served here."""
    match path.strip("/").split("/"):
        case ["api", "v1", *rest]:
            return _target("", "v1", rest)
        case ["apis", group, version, *rest]:
            return _target(group, version, rest)
        case _:
            return None


def _target(group: str, version: str, rest: list[str]) -> Target | None:
    """The target of a path's rest below its group and version; `namespaces` is a resource and a prefix."""
    match rest:
        case ["namespaces", namespace, plural, *name] if len(name) <= 1:
            resource = _find(group, version, plural=plural)
            if resource is None or not resource.namespaced:
                return None
            return Target(resource=resource, namespace=namespace, name="".join(name))
        case [plural, *name] if len(name) <= 1:
            resource = _find(group, version, plural=plural)
            if resource is None or (name and resource.namespaced):
                return None
            return Target(resource=resource, name="".join(name))
        case _:
            return None


def _find(group: str, version: str, *, plural: str) -> Resource | None:
    wanted = (group, version, plural)
    return next((one for one in RESOURCES if (one.group, one.version, one.plural) == wanted), None)
