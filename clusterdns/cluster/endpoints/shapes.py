"""Endpoints as manifests write them. The table holds the slices that are made of them."""

from clusterdns.cluster.kinds.endpoint_slice import EndpointPort, ObjectReference
from clusterdns.cluster.kube.shapes import Shape, Text, Whole


class EndpointAddress(Shape, frozen=True):
    ip: str
    hostname: Text = None
    node_name: Text = None
    target_ref: ObjectReference | None = None


class Subset(Shape, frozen=True):
    addresses: tuple[EndpointAddress, ...] | None = None
    not_ready_addresses: tuple[EndpointAddress, ...] | None = None
    ports: tuple[EndpointPort, ...] | None = None


class EndpointsShape(Whole, frozen=True):
    subsets: tuple[Subset, ...] | None = None
