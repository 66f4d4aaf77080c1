"""The fields of Kubernetes objects that are read, with their types; all others are skipped unread.

msgspec decodes JSON into these, or converts what a YAML reader made. Field names are the API's in camel
case. Sequences are tuples, and nothing here can form a cycle, so the collector need not look at it.
What each means is said by the Kubernetes API reference under its name. A class called lean has what answers
are made from; manifests need more, which stands in the class derived from it.
"""

from typing import Annotated, TypeAlias

import msgspec

PortNumber: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Text: TypeAlias = str | None
Labels: TypeAlias = dict[str, str] | None


class Shape(msgspec.Struct, frozen=True, gc=False, kw_only=True, rename="camel"):
    """Base of all shapes."""


class Metadata(Shape, frozen=True):
    name: str = ""
    namespace: Text = None
    labels: Labels = None
    annotations: Labels = None
    resource_version: Text = None
    deletion_timestamp: Text = None


class NamespaceShape(Shape, frozen=True):
    metadata: Metadata


class LeanServicePort(Shape, frozen=True):
    port: PortNumber
    name: Text = None
    protocol: Text = None


class ServicePort(LeanServicePort, frozen=True):
    target_port: int | str | None = None


class LeanServiceSpec(Shape, frozen=True):
    type: Text = None
    cluster_ip: Text = msgspec.field(name="clusterIP", default=None)
    cluster_ips: tuple[str, ...] | None = msgspec.field(name="clusterIPs", default=None)
    ports: tuple[LeanServicePort, ...] | None = None
    external_name: Text = None
    external_ips: tuple[str, ...] | None = msgspec.field(name="externalIPs", default=None)


class ServiceSpec(LeanServiceSpec, frozen=True):
    ports: tuple[ServicePort, ...] | None = None
    selector: Labels = None
    publish_not_ready_addresses: bool | None = None
    ip_families: tuple[str, ...] | None = None
    ip_family_policy: Text = None


class Ingress(Shape, frozen=True):
    ip: Text = None
    hostname: Text = None


class LoadBalancer(Shape, frozen=True):
    ingress: tuple[Ingress, ...] | None = None


class ServiceStatus(Shape, frozen=True):
    load_balancer: LoadBalancer | None = None


class ServiceShape(Shape, frozen=True):
    metadata: Metadata
    spec: ServiceSpec | None = None
    status: ServiceStatus | None = None


class EndpointPort(Shape, frozen=True):
    name: Text = None
    port: PortNumber | None = None
    protocol: Text = None


class LeanReference(Shape, frozen=True):
    name: Text = None


class ObjectReference(LeanReference, frozen=True):
    kind: Text = None


class Conditions(Shape, frozen=True):
    ready: bool | None = None


class ZoneHint(Shape, frozen=True):
    name: str


class Hints(Shape, frozen=True):
    for_zones: tuple[ZoneHint, ...] | None = None


class LeanEndpoint(Shape, frozen=True):
    addresses: tuple[str, ...]
    conditions: Conditions | None = None
    hostname: Text = None
    node_name: Text = None
    target_ref: LeanReference | None = None
    zone: Text = None
    hints: Hints | None = None


class SliceEndpoint(LeanEndpoint, frozen=True):
    target_ref: ObjectReference | None = None


class EndpointSliceShape(Shape, frozen=True):
    metadata: Metadata
    address_type: Text = None
    ports: tuple[EndpointPort, ...] | None = None
    endpoints: tuple[SliceEndpoint, ...] | None = None


class EndpointAddress(Shape, frozen=True):
    ip: str
    hostname: Text = None
    node_name: Text = None
    target_ref: ObjectReference | None = None


class Subset(Shape, frozen=True):
    addresses: tuple[EndpointAddress, ...] | None = None
    not_ready_addresses: tuple[EndpointAddress, ...] | None = None
    ports: tuple[EndpointPort, ...] | None = None


class EndpointsShape(Shape, frozen=True):
    metadata: Metadata
    subsets: tuple[Subset, ...] | None = None


class ContainerPort(Shape, frozen=True):
    container_port: PortNumber
    name: Text = None
    protocol: Text = None


class Container(Shape, frozen=True):
    ports: tuple[ContainerPort, ...] | None = None
    restart_policy: Text = None


class PodSpec(Shape, frozen=True):
    hostname: Text = None
    subdomain: Text = None
    node_name: Text = None
    containers: tuple[Container, ...] | None = None
    init_containers: tuple[Container, ...] | None = None


class PodIP(Shape, frozen=True):
    ip: str


class PodCondition(Shape, frozen=True):
    type: str
    status: str


class LeanPodStatus(Shape, frozen=True):
    pod_ip: Text = msgspec.field(name="podIP", default=None)
    pod_ips: tuple[PodIP, ...] | None = msgspec.field(name="podIPs", default=None)


class PodStatus(LeanPodStatus, frozen=True):
    phase: Text = None
    conditions: tuple[PodCondition, ...] | None = None


class PodShape(Shape, frozen=True):
    metadata: Metadata
    spec: PodSpec | None = None
    status: PodStatus | None = None


class ImportPort(Shape, frozen=True):
    port: PortNumber
    name: Text = None
    protocol: Text = None


class ImportSpec(Shape, frozen=True):
    type: Text = None
    ips: tuple[str, ...] | None = None
    ports: tuple[ImportPort, ...] | None = None


class ServiceImportShape(Shape, frozen=True):
    metadata: Metadata
    spec: ImportSpec | None = None


AnyShape: TypeAlias = (
    NamespaceShape | ServiceShape | EndpointSliceShape | EndpointsShape | PodShape | ServiceImportShape
)
