"""Which object a document of the API holds, in which version."""

import msgspec

from clusterdns.cluster.kube.shapes import Lean, Shape, Text


class BookmarkNotes(msgspec.Struct, frozen=True, gc=False):
    """The annotation of the bookmark that ends the initial events of a streaming list."""

    initial_events_end: Text = msgspec.field(name="k8s.io/initial-events-end", default=None)


class IdentityMetadata(Lean, frozen=True):
    annotations: BookmarkNotes | None = None


class IdentityShape(Shape, frozen=True):
    """Which object a document holds, in which version: the rest is skipped unread."""

    metadata: IdentityMetadata
