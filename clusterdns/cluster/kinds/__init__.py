"""The kinds of Kubernetes objects that the table holds, each in a file of its own.

A new kind is a file here, in `KINDS` and in `ClusterObject`. Whoever treats all kinds alike goes through
`KINDS`, or takes the description of an object's kind out of `SPECS`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from clusterdns.cluster.kinds.endpoint_slice import ENDPOINT_SLICES, EndpointSlice
from clusterdns.cluster.kinds.namespace import NAMESPACES, Namespace
from clusterdns.cluster.kinds.pod import PODS, Pod
from clusterdns.cluster.kinds.service import SERVICES, Service
from clusterdns.cluster.kinds.service_import import SERVICE_IMPORTS, ServiceImport
from clusterdns.cluster.kinds.spec import KindSpec

ClusterObject: TypeAlias = Namespace | Service | EndpointSlice | Pod | ServiceImport
Kind: TypeAlias = type[ClusterObject]

KINDS: Final[tuple[KindSpec[Any], ...]] = (NAMESPACES, SERVICES, ENDPOINT_SLICES, PODS, SERVICE_IMPORTS)
"""In the order in which they are asked for and kept."""

SPECS: Final[Mapping[type, KindSpec[Any]]] = MappingProxyType({spec.kind: spec for spec in KINDS})

__all__ = [
    "KINDS",
    "SPECS",
    "ClusterObject",
    "EndpointSlice",
    "Kind",
    "Namespace",
    "Pod",
    "Service",
    "ServiceImport",
]
