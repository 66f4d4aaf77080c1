"""Fields of Kubernetes objects that are read, whatever their kind; all others are skipped unread.

msgspec decodes JSON into shapes, or converts what a YAML reader made. Field names are the API's in camel
case. Sequences are tuples, and nothing here can form a cycle, so the collector need not look at it.
What each means is said by the Kubernetes API reference under its name. A class called lean has what answers
are made from, and is what an API server's objects are read as; manifests need more. The shapes of each kind
stand in its file in `cluster/kinds/`.
"""

from typing import Annotated, TypeAlias

import msgspec

PortNumber: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Text: TypeAlias = str | None
Labels: TypeAlias = dict[str, str] | None


class Shape(msgspec.Struct, frozen=True, gc=False, kw_only=True, rename="camel"):
    """Base of all shapes."""


class Lean(Shape, frozen=True):
    """The fields of an object's `metadata` that answers need."""

    name: str = ""
    namespace: Text = None
    resource_version: Text = None


class Metadata(Lean, frozen=True):
    labels: Labels = None
    annotations: Labels = None
    deletion_timestamp: Text = None


class LeanObject(Shape, frozen=True):
    """An object of which only the name is needed. Lean shapes of other metadata do not derive from it."""

    metadata: Lean


class Whole(Shape, frozen=True):
    """Base of the shapes of objects in manifests."""

    metadata: Metadata


class PortShape(Shape, frozen=True):
    """A port with its number. Base of those that say more."""

    port: PortNumber
    name: Text = None
    protocol: Text = None
