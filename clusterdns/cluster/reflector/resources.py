"""The collections to list and watch: paths and selectors, no more than the settings ask for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from clusterdns.cluster.kinds import KINDS
from clusterdns.cluster.objects import Kind
from clusterdns.cluster.selection import Selection


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
        """The collection narrowed to the object of this name; it may be empty."""
        fields = ",".join(filter(None, (self.fields, f"metadata.name={name}")))
        return replace(self, namespace=namespace, fields=fields)

    def __str__(self) -> str:
        return f'{self.name} in namespace "{self.namespace}"' if self.namespace else self.name


def resources_of(selection: Selection) -> tuple[Resource, ...]:
    """The resources to watch for `selection`. Namespaces are not among them where their names are given."""
    return tuple(_resources(selection))


def _resources(selection: Selection) -> Iterator[Resource]:
    yield from _collections(selection, "", are_namespaced=False)
    for namespace in sorted(selection.namespaces) or [""]:
        yield from _collections(selection, namespace, are_namespaced=True)


def _collections(selection: Selection, namespace: str, *, are_namespaced: bool) -> Iterator[Resource]:
    for spec in KINDS:
        selectors = spec.selectors(selection)
        if selectors is not None and spec.is_namespaced == are_namespaced:
            yield Resource(
                kind=spec.kind,
                name=spec.plural,
                root=spec.root,
                namespace=namespace,
                labels=selectors.labels,
                fields=selectors.fields,
            )
