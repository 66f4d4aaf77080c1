"""The shape by which only the identity of an object is decoded: its name, namespace and version."""

import msgspec

from clusterdns.cluster.kube.shapes import Lean, Shape, Text


class BookmarkNotes(msgspec.Struct, frozen=True, gc=False):
    """The annotation of the bookmark that ends the initial events of a streaming list."""

    initial_events_end: Text = msgspec.field(name="k8s.io/initial-events-end", default=None)


class IdentityMetadata(Lean, frozen=True):
    annotations: BookmarkNotes | None = None


class IdentityShape(Shape, frozen=True):
    """A document of the API of which only the metadata is decoded; the rest is skipped."""

    metadata: IdentityMetadata
