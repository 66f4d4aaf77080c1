"""What the table holds: Kubernetes objects reduced to what an answer, an explanation or an identity needs.

All are frozen and not tracked by the garbage collector, and hold only values that are not tracked
either (see rule 4 of making it fast in docs/architecture.md). Names are as Kubernetes has them: lower
case. Addresses are packed, 4 or 16 octets. `version` is the resourceVersion, "" from manifests; it says
nothing about the content and is compared for equality only.
"""

from typing import TypeAlias

import msgspec

from clusterdns.cluster.endpoint import Endpoint, unpack

Names: TypeAlias = tuple[str, str]
"""The namespace and name of an object, "" for a namespace where it is in none."""

CLUSTER_IP = "ClusterIP"
EXTERNAL_NAME = "ExternalName"


class Port(msgspec.Struct, frozen=True, gc=False):
    """A port of a Service or slice. `name` is "" when unnamed; `number` is None where a slice gives none."""

    name: str
    number: int | None
    protocol: str = "TCP"


class Namespace(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A Namespace that the source's selector lets through."""

    name: str
    version: str = ""

    @property
    def namespace(self) -> str:
        """The empty text: Namespaces are in none. So that every object has a (namespace, name)."""
        return ""


class Service(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A Service.

    `headless` is a clusterIP of None; then, and for ExternalName, and before an address was allocated,
    `cluster_ips` is empty. `external` are spec.externalIPs, then the load balancer's addresses or
    host names, as written.
    """

    namespace: str
    name: str
    type: str = CLUSTER_IP
    headless: bool = False
    cluster_ips: tuple[bytes, ...] = ()
    ports: tuple[Port, ...] = ()
    external_name: str = ""
    external: tuple[str, ...] = ()
    version: str = ""


class EndpointSlice(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An EndpointSlice with its endpoints packed.

    `service` is the label kubernetes.io/service-name. `import_name` and `cluster` are the labels
    multicluster.kubernetes.io/service-name and .../source-cluster (KEP-1645). "" is a label that is absent.
    """

    namespace: str
    name: str
    service: str = ""
    ports: tuple[Port, ...] = ()
    packed: bytes = b""
    import_name: str = ""
    cluster: str = ""
    version: str = ""

    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints, also those that are not ready, in the order of the slice."""
        return unpack(self.packed)


class Pod(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A Pod that runs or will: its status.podIPs, which may be none yet."""

    namespace: str
    name: str
    addresses: tuple[bytes, ...] = ()
    version: str = ""


class ServiceImport(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A ServiceImport of the Multi-Cluster Services API. `headless` is type Headless."""

    namespace: str
    name: str
    headless: bool = False
    cluster_ips: tuple[bytes, ...] = ()
    ports: tuple[Port, ...] = ()
    version: str = ""


ClusterObject: TypeAlias = Namespace | Service | EndpointSlice | Pod | ServiceImport
Kind: TypeAlias = type[Namespace] | type[Service] | type[EndpointSlice] | type[Pod] | type[ServiceImport]


class Key(msgspec.Struct, frozen=True, gc=False):
    """Which object: its kind (one of the classes above), namespace and name."""

    kind: Kind
    namespace: str
    name: str


def key_of(item: ClusterObject) -> Key:
    """The key under which an object is stored."""
    return Key(type(item), item.namespace, item.name)


def alike(one: ClusterObject | None, other: ClusterObject | None) -> bool:
    """Whether two objects of one key say the same, whatever their versions."""
    if one is None or other is None:
        return one is other
    return one == other or msgspec.structs.replace(one, version=other.version) == other


def is_same(one: ClusterObject | None, other: ClusterObject) -> bool:
    """Whether two objects of one key are alike and of one version."""
    return one is other or one == other
