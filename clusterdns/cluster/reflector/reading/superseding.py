"""Finding events of large objects that a later event in the same batch makes obsolete."""

from collections.abc import Sequence
from typing import Final

import msgspec

from clusterdns.cluster.api.framing import Document
from clusterdns.cluster.json.prefix import closed
from clusterdns.cluster.kube.shapes import Shape
from clusterdns.cluster.objects import Names
from clusterdns.cluster.reflector.reading.portions import LARGE

HEAD_OCTETS: Final = 4096
"""Octets in which an API server has named the object: of its metadata the name comes first."""

CHANGES: Final = frozenset({"ADDED", "MODIFIED", "DELETED"})


class HeadMetadata(Shape, frozen=True):
    name: str
    namespace: str


class HeadObject(Shape, frozen=True):
    metadata: HeadMetadata


class HeadEvent(Shape, frozen=True):
    type: str
    object: HeadObject


_heads: Final = msgspec.json.Decoder(HeadEvent)


def superseded(documents: Sequence[Document]) -> frozenset[int]:
    """The indices of large events whose object has another large event further on in `documents`."""
    large = [
        place
        for place, document in enumerate(documents)
        if isinstance(document, bytes) and len(document) >= LARGE
    ]
    if len(large) < 2:
        return frozenset()
    found: set[int] = set()
    later: set[Names] = set()
    for place in reversed(large):
        names = _names(documents[place])
        if names in later:
            found.add(place)
        elif names is not None:
            later.add(names)
    return frozenset(found)


def _names(document: Document) -> Names | None:
    """Namespace and name of a change's object, None if its first octets do not hold them."""
    if not isinstance(document, bytes):
        return None
    try:
        event = _heads.decode(closed(document[:HEAD_OCTETS]))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None  # read in full, it may say so
    metadata = event.object.metadata
    return (metadata.namespace, metadata.name) if event.type in CHANGES else None
