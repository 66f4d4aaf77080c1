"""A change of the store, and its lines in a watch."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import msgspec

from testbed.apiserver.resources import Resource
from testbed.apiserver.stored import Stored

EventType: TypeAlias = Literal["ADDED", "MODIFIED", "DELETED"]


@dataclass(slots=True, kw_only=True)
class Change:
    """From one version of an object to the next; None is an object that is not there.

    A line is encoded once, however many watches it goes to.
    """

    version: int
    resource: Resource
    before: Stored | None
    after: Stored | None
    _lines: dict[tuple[EventType, bool], bytes] = field(default_factory=dict)

    def either(self) -> Stored:
        """The object, of whichever side has it.

        Raises:
            ValueError: neither side has it.
        """
        found = self.after or self.before
        if found is None:
            raise ValueError("expected an object before or after a change, found none")
        return found

    def line(self, type: EventType, *, partial: bool) -> bytes:
        """The event's line. A deletion shows the last state under the version of the deletion."""
        known = self._lines.get((type, partial))
        if known is not None:
            return known
        last = self.before if type == "DELETED" else self.after
        shown = (last or self.either()).at(self.version) if type == "DELETED" else self.either()
        return self._lines.setdefault((type, partial), event_line(type, shown, partial=partial))


def event_line(type: EventType, shown: Stored, *, partial: bool) -> bytes:
    """A line that tells of an object."""
    body = shown.partial() if partial else shown.full()
    return b'{"type":"%s","object":%s}\n' % (type.encode(), body)


def bookmark_line(resource: Resource, version: int, *, partial: bool, ends_initial: bool = False) -> bytes:
    """A bookmark: an empty object with nothing but a version, and the mark that ends the initial events."""
    metadata: dict[str, object] = {"resourceVersion": str(version)}
    if ends_initial:
        metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
    kind, api_version = (
        ("PartialObjectMetadata", "meta.k8s.io/v1") if partial else (resource.kind, resource.api_version)
    )
    shown = {"kind": kind, "apiVersion": api_version, "metadata": metadata}
    if not partial:
        shown.update(resource.blank)
    return msgspec.json.encode({"type": "BOOKMARK", "object": shown}) + b"\n"
