"""Decoding the events of a watch, also those that are malformed, or too large to be held."""

import re
from typing import Final, NamedTuple

import msgspec

from clusterdns.cluster.api.errors import ApiProtocolError
from clusterdns.cluster.api.framing import Document, Oversized
from clusterdns.cluster.json.mending import mend
from clusterdns.cluster.json.prefix import beginnings
from clusterdns.cluster.json.shortening import shortened
from clusterdns.cluster.step_budget import StepBudget
from clusterdns.cluster.work import in_turns


class Event(msgspec.Struct, frozen=True, gc=False):
    """One document of a watch."""

    type: str
    object: msgspec.Raw


class Arrived(NamedTuple):
    """An event. unreadable: why only the beginning of its object is there, "" if the object is complete."""

    event: Event
    unreadable: str = ""


class NoEventError(ApiProtocolError):
    """A watch brought something that is no event, and does not begin as one."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"the API server sent a watch something that is no event: {error}")


SOME_CHANGE: Final = Event(type="MODIFIED", object=msgspec.Raw(b"{}"))
"""The event that stands for one of which nothing can be read."""

_CHANGE: Final = re.compile(rb'\{"type":"(?:ADDED|MODIFIED|DELETED)","object":')
_events: Final = msgspec.json.Decoder(Event)


async def read_event(document: Document, turns: StepBudget) -> Arrived:
    """Decode an event, mended or cut if need be. Raises NoEventError."""
    if isinstance(document, Oversized):
        return Arrived(await _beginning(document.head, turns) or SOME_CHANGE, document.reason)
    document = await in_turns(shortened(document), turns)
    try:
        return Arrived(_decoded(document))
    except NoEventError:
        mended = await in_turns(mend(document), turns)
    try:
        return Arrived(_decoded(mended))
    except NoEventError as error:
        event = await _beginning(mended, turns)
        if event is None and not _CHANGE.match(mended):
            raise
        return Arrived(event or SOME_CHANGE, f"the document is no JSON: {error.__cause__}")


async def _beginning(document: bytes, turns: StepBudget) -> Event | None:
    """Decode the event in the longest readable beginning of a document, None if there is none."""
    for head in beginnings(document):
        mended = await in_turns(mend(head), turns)
        try:
            return _decoded(mended)
        except NoEventError:
            continue
    return None


def _decoded(document: bytes) -> Event:
    try:
        return _events.decode(document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, MemoryError) as error:
        raise NoEventError(error) from error
