"""The description of a kind of Kubernetes objects, for code that treats all kinds alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

from clusterdns.cluster.kube.faults import Faults
from clusterdns.cluster.kube.making import Making
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import Lean, Shape, Whole
from clusterdns.cluster.selection import Selection
from clusterdns.cluster.work import Work
from clusterdns.rows import Row

T = TypeVar("T")

Group: TypeAlias = tuple[str, str, str]
"""Objects that are applied together have one: a word, and the namespace and name of what unites them."""

CORE: Final = "/api/v1"
"""Where the API server has the kinds of the core group."""


class Ports(NamedTuple):
    """The shapes of the ports of a kind: those of an API server's objects, and those of manifests.

    within: the shape of the `spec` that they stand in; None where they stand in the object itself.
    """

    lean: type[Shape]
    whole: type[Shape]
    within: type[Shape] | None = None


class Shown(NamedTuple):
    """For each family of zones the part of an object that its answers show; None for no part.

    Values are compared for equality only.
    """

    cluster: object = None
    multicluster: object = None
    external: object = None


class Selectors(NamedTuple):
    """The selectors of a list, in their text form; "" selects everything."""

    labels: str = ""
    fields: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec(Generic[T]):
    """A kind of objects that the table holds.

    kind: the class of its objects in the table.
    name: the kind as manifests write it.
    is_label: whether its objects are named by a DNS label, else by a DNS name.
    root, plural: where the API server has its collection: `root/plural` or `root/namespaces/NAME/plural`.
    is_namespaced: whether its objects are in namespaces. Those that are not come first and leave last.
    selectors: what is asked for of it; None if it is not.
    lean: what an API server's objects are read as, with `metadata` as the shape of their metadata.
    whole: what manifests are read as.
    ports: the shapes of its ports, None if it has none.
    build: from either shape to the object of the table. Raises ValueError.
    build_in_steps: the same of a lean shape that may be large, as work; None where none is.
    clean: a lean shape without those of its values, noted, that `build` would refuse.
    trigger: when the change that made an object so happened, as a lean shape says; "" if it does not.
    code: the letter of its frames in snapshots.
    rows: the rows of look-ups by name that depend on an object.
    name_row: the first part of the row of the look-up by namespace and name; "" where it has another.
    address_row: the row of look-ups by an address is this word and the address; "" without such look-ups.
    addresses: the addresses by which such look-ups find an object.
    shown: what of an object shows in zones, so that its change moves their serials on.
    group: what an object is applied together with.
    octets: about how large its record in a snapshot is, beyond its names.
    share: the same object with those of its values shared that many objects have in common.
    is_sound: whether an object from a snapshot is one that the table can hold; calls its second argument
        between pieces of work.
    """

    kind: type[T]
    name: str
    is_label: bool = False
    root: str
    plural: str
    is_namespaced: bool = True
    selectors: Callable[[Selection], Selectors | None]
    lean: type[Shape]
    metadata: type[Lean] = Lean
    whole: type[Whole]
    ports: Ports | None = None
    build: Callable[[Any, Making], T]
    build_in_steps: Callable[[Any, Making], Work[T]] | None = None
    clean: Callable[[Any, Faults], Work[Any]]
    trigger: Callable[[Any], str] = lambda _shape: ""
    code: bytes
    rows: Callable[[T], Iterator[Row]]
    name_row: str = ""
    address_row: str = ""
    addresses: Callable[[T], tuple[bytes, ...]] = lambda _item: ()
    shown: Callable[[T], Shown] = lambda _item: Shown()
    group: Callable[[T], Group]
    octets: Callable[[T], int]
    share: Callable[[T, Pool], T]
    is_sound: Callable[[T, Callable[[], None]], bool]

    @property
    def group_name(self) -> str:
        """The API group: `/api/v1` is the core group, "", and `/apis/GROUP/VERSION` another."""
        words = self.root.strip("/").split("/")
        return words[1] if words[0] == "apis" else ""
