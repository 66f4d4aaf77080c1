"""Objects as manifests declare them."""

from dataclasses import dataclass

import msgspec

from clusterdns.cluster.kube.shapes import Whole
from clusterdns.cluster.objects import ClusterObject


class DeclaredKey(msgspec.Struct, frozen=True, gc=False, order=True):
    """Which object is declared: its kind as written in manifests, its namespace ("" for none) and name."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}"


class Declared(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The object as written, and as the table would hold it (None for Endpoints, which it does not hold)."""

    key: DeclaredKey
    shape: Whole
    slim: ClusterObject | None
    line: int

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the object."""
        return self.shape.metadata.labels or {}

    def moved_to(self, line: int) -> "Declared":
        """The same object, found on another line."""
        return msgspec.structs.replace(self, line=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """An object that counts now in the place of another; None where there is or was none."""

    key: DeclaredKey
    old: Declared | None
    new: Declared | None
