"""The table's objects: Kubernetes objects with only the fields that answers, explanations and identity need.

All are frozen and not tracked by the garbage collector, and hold only values that are not tracked
either (see rule 4 of making it fast in docs/architecture.md). Names are as Kubernetes has them: lower
case. Addresses are packed, 4 or 16 octets. `version` is the resourceVersion, "" from manifests; it says
nothing about the content and is compared for equality only.
"""

from typing import TypeAlias

import msgspec

from clusterdns.cluster.kinds import (
    ClusterObject,
    EndpointSlice,
    Kind,
    Namespace,
    Pod,
    Service,
    ServiceImport,
)
from clusterdns.cluster.kinds.service import CLUSTER_IP, EXTERNAL_NAME
from clusterdns.cluster.port import Port

__all__ = [
    "CLUSTER_IP",
    "EXTERNAL_NAME",
    "ClusterObject",
    "EndpointSlice",
    "Kind",
    "Names",
    "Namespace",
    "ObjectKey",
    "Pod",
    "Port",
    "Service",
    "ServiceImport",
    "alike",
    "is_same",
    "key_of",
]

Names: TypeAlias = tuple[str, str]
"""The namespace and name of an object, "" for a namespace where it is in none."""


class ObjectKey(msgspec.Struct, frozen=True, gc=False):
    """Which object: its kind (the class of its objects), namespace and name."""

    kind: Kind
    namespace: str
    name: str


def key_of(item: ClusterObject) -> ObjectKey:
    """The key under which an object is stored."""
    return ObjectKey(type(item), item.namespace, item.name)


def alike(one: ClusterObject | None, other: ClusterObject | None) -> bool:
    """Whether two objects of one key say the same, whatever their versions."""
    if one is None or other is None:
        return one is other
    return one == other or msgspec.structs.replace(one, version=other.version) == other


def is_same(one: ClusterObject | None, other: ClusterObject) -> bool:
    """Whether two objects of one key are alike and of one version."""
    return one is other or one == other
