"""Namespaces: names in one exist only while it does."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from clusterdns.cluster.kinds.spec import CORE, Group, KindSpec, Selectors
from clusterdns.cluster.kube.faults import Faults
from clusterdns.cluster.kube.making import Making, version_of
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import LeanObject, Whole
from clusterdns.cluster.selection import Selection
from clusterdns.cluster.work import Work
from clusterdns.rows import Row

NAMESPACE: Final = "namespace"


class Namespace(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A Namespace that the source's selector lets through."""

    name: str
    version: str = ""

    @property
    def namespace(self) -> str:
        """The empty text: Namespaces are in none. So that every object has a (namespace, name)."""
        return ""


class NamespaceShape(Whole, frozen=True):
    pass


def build(shape: LeanObject | NamespaceShape, making: Making) -> Namespace:
    """A Namespace."""
    return Namespace(name=making.share(shape.metadata.name), version=version_of(shape.metadata))


def _clean(shape: LeanObject, faults: Faults) -> Work[LeanObject]:
    """The Namespace, which has no addresses."""
    del faults
    yield
    return shape


def _selectors(selection: Selection) -> Selectors | None:
    """None where their names are given: each is asked for by its name then."""
    return None if selection.namespaces else Selectors(labels=selection.namespace_labels)


def _rows(item: Namespace) -> Iterator[Row]:
    yield NAMESPACE, item.name


def _group(item: Namespace) -> Group:
    return "namespace", "", item.name


def _octets(_item: Namespace) -> int:
    return 0


def _share(item: Namespace, _pool: Pool) -> Namespace:
    return item


def _is_sound(_item: Namespace, _yield_to_loop: Callable[[], None]) -> bool:
    return True


NAMESPACES: Final = KindSpec(
    kind=Namespace,
    name="Namespace",
    is_label=True,
    root=CORE,
    plural="namespaces",
    is_namespaced=False,
    selectors=_selectors,
    lean=LeanObject,
    whole=NamespaceShape,
    build=build,
    clean=_clean,
    code=b"N",
    rows=_rows,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
