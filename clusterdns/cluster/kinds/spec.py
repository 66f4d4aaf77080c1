"""What a kind of Kubernetes objects is described by, for all who treat kinds alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.selection import Selection
from clusterdns.rows import Row

T = TypeVar("T")

Group: TypeAlias = tuple[str, str, str]
"""Objects that are applied together have one: a word, and the namespace and name of what unites them."""

CORE: str = "/api/v1"
"""Where the API server has the kinds of the core group."""


class Selectors(NamedTuple):
    """The selectors of a list, in their text form; "" selects everything."""

    labels: str = ""
    fields: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec(Generic[T]):
    """A kind of objects that the table holds.

    type: the class of its objects in the table.
    root, plural: where the API server has its collection: `root/plural` or `root/namespaces/NAME/plural`.
    is_namespaced: whether its objects are in namespaces. Those that are not come first and leave last.
    selectors: what is asked for of it; None if it is not.
    code: the letter of its frames in snapshots.
    rows: the rows of look-ups by name that depend on an object.
    address_row: the row of look-ups by an address is this word and the address; "" without such look-ups.
    addresses: the addresses by which such look-ups find an object.
    group: what an object is applied together with.
    octets: about how large its record in a snapshot is, beyond its names.
    share: the same object with those of its values shared that many objects have in common.
    is_sound: whether an object from a snapshot is one that the table can hold; calls its second argument
        between pieces of work.
    """

    type: type[T]
    root: str
    plural: str
    is_namespaced: bool = True
    selectors: Callable[[Selection], Selectors | None]
    code: bytes
    rows: Callable[[T], Iterator[Row]]
    address_row: str = ""
    addresses: Callable[[T], tuple[bytes, ...]] = lambda _item: ()
    group: Callable[[T], Group]
    octets: Callable[[T], int]
    share: Callable[[T, Pool], T]
    is_sound: Callable[[T, Callable[[], None]], bool]
