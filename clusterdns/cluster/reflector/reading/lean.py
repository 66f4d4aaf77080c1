"""The fields of the API's objects that answers are made from; nothing else in a document is built.

Manifests need more of them (selectors, containers, labels), which kube/shapes.py has. What each field means
is said by the Kubernetes API reference under its name.
"""

import msgspec

from clusterdns.cluster.kube.shapes import (
    EndpointPort,
    ImportSpec,
    LeanEndpoint,
    LeanPodStatus,
    LeanServiceSpec,
    ServiceStatus,
    Shape,
    Text,
)


class Lean(Shape, frozen=True):
    """Base of what is said of an object as such."""

    name: str = ""
    namespace: Text = None
    resource_version: Text = None


class BookmarkNotes(msgspec.Struct, frozen=True, gc=False):
    """The annotation of the bookmark that ends the initial events of a streaming list."""

    initial_events_end: Text = msgspec.field(name="k8s.io/initial-events-end", default=None)


class PeekMetadata(Lean, frozen=True):
    annotations: BookmarkNotes | None = None


class Peek(Shape, frozen=True):
    """Which object a document holds, in which version: the rest is skipped unread."""

    metadata: PeekMetadata


class LeanObject(Shape, frozen=True):
    metadata: Lean


class LeanService(Shape, frozen=True):
    metadata: Lean
    spec: LeanServiceSpec | None = None
    status: ServiceStatus | None = None


class SliceLabels(msgspec.Struct, frozen=True, gc=False):
    service: str = msgspec.field(name="kubernetes.io/service-name", default="")
    import_name: str = msgspec.field(name="multicluster.kubernetes.io/service-name", default="")
    cluster: str = msgspec.field(name="multicluster.kubernetes.io/source-cluster", default="")


class SliceNotes(msgspec.Struct, frozen=True, gc=False):
    trigger: Text = msgspec.field(name="endpoints.kubernetes.io/last-change-trigger-time", default=None)


class SliceMetadata(Lean, frozen=True):
    labels: SliceLabels | None = None
    annotations: SliceNotes | None = None


class LeanSlice(Shape, frozen=True):
    metadata: SliceMetadata
    address_type: Text = None
    ports: tuple[EndpointPort, ...] | None = None
    endpoints: tuple[LeanEndpoint, ...] | None = None


class LeanPod(Shape, frozen=True):
    metadata: Lean
    status: LeanPodStatus | None = None


class LeanImport(Shape, frozen=True):
    metadata: Lean
    spec: ImportSpec | None = None
