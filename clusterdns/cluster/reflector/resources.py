"""What is listed and watched: paths and selectors, and no more of either than the settings ask for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from clusterdns.cluster.objects import EndpointSlice, Kind, Namespace, Pod, Service, ServiceImport
from clusterdns.cluster.reflector.settings import Selection

HEADLESS: Final = "service.kubernetes.io/headless"
IMPORTED: Final = "multicluster.kubernetes.io/service-name"
RUNNING_PODS: Final = "status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A collection of the API, all of it or that of one namespace.

    name: the plural that paths and roles use. root: the path in front of it. namespace: "" for all.
    labels, fields: selectors in their text form, "" for none.
    """

    kind: Kind
    name: str
    root: str
    namespace: str = ""
    labels: str = ""
    fields: str = ""

    @property
    def path(self) -> str:
        """The path of the collection."""
        place = f"/namespaces/{self.namespace}" if self.namespace else ""
        return f"{self.root}{place}/{self.name}"

    def params(self, **others: str) -> dict[str, str]:
        """The parameters of a request: the selectors, and `others`, without those that are empty."""
        all_of_them = {"labelSelector": self.labels, "fieldSelector": self.fields, **others}
        return {name: value for name, value in all_of_them.items() if value}

    def only(self, namespace: str, name: str) -> "Resource":
        """The collection of one object of it, which may be empty."""
        fields = ",".join(filter(None, (self.fields, f"metadata.name={name}")))
        return replace(self, namespace=namespace, fields=fields)

    def __str__(self) -> str:
        return f'{self.name} in namespace "{self.namespace}"' if self.namespace else self.name


def resources_of(selection: Selection) -> tuple[Resource, ...]:
    """What has to be watched for `selection`. Namespaces are not, where their names are given."""
    return tuple(_resources(selection))


def _resources(selection: Selection) -> Iterator[Resource]:
    if not selection.namespaces:
        yield Resource(kind=Namespace, name="namespaces", root="/api/v1", labels=selection.namespace_labels)
    for namespace in sorted(selection.namespaces) or [""]:
        yield from _in_namespace(selection, namespace)


def _in_namespace(selection: Selection, namespace: str) -> Iterator[Resource]:
    labels = selection.labels
    yield Resource(kind=Service, name="services", root="/api/v1", namespace=namespace, labels=labels)
    if selection.endpoints or selection.imports:
        yield Resource(
            kind=EndpointSlice,
            name="endpointslices",
            root="/apis/discovery.k8s.io/v1",
            namespace=namespace,
            labels=",".join(filter(None, (labels, _needed_slices(selection)))),
        )
    if selection.pods:
        yield Resource(
            kind=Pod, name="pods", root="/api/v1", namespace=namespace, labels=labels, fields=RUNNING_PODS
        )
    if selection.imports:
        yield Resource(
            kind=ServiceImport,
            name="serviceimports",
            root="/apis/multicluster.x-k8s.io/v1alpha1",
            namespace=namespace,
            labels=labels,
        )


def _needed_slices(selection: Selection) -> str:
    """The selector of the slices that answers are made from. Imported ones need not say that they are
    headless, so where they are wanted too all slices are."""
    if not selection.endpoints:
        return IMPORTED
    return HEADLESS if selection.headless_only and not selection.imports else ""
