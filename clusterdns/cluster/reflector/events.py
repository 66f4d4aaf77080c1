"""The events of a watch, also those that are no JSON to msgspec, or too large to be held."""

from typing import Final, NamedTuple

import msgspec

from clusterdns.cluster.api.errors import ApiProtocolError
from clusterdns.cluster.api.framing import HELD_OF_OVERSIZED, Document, Oversized
from clusterdns.cluster.json.mending import mend
from clusterdns.cluster.json.prefix import closed
from clusterdns.cluster.json.shortening import shortened
from clusterdns.cluster.turns import Turns
from clusterdns.cluster.work import in_turns


class Event(msgspec.Struct, frozen=True, gc=False):
    """One document of a watch."""

    type: str
    object: msgspec.Raw


class Arrived(NamedTuple):
    """An event. `unreadable`: why no more of its object than the beginning is there, "" if all of it is."""

    event: Event
    unreadable: str = ""


class NoEventError(ApiProtocolError):
    """A watch brought something that is no event, and does not begin as one."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"the API server sent a watch something that is no event: {error}")


LEAST_BEGINNING: Final = 64
"""Octets: what is shorter names no object."""

SOME_CHANGE: Final = Event(type="MODIFIED", object=msgspec.Raw(b"{}"))
"""What an event is taken for of which nothing can be read."""

_events: Final = msgspec.json.Decoder(Event)


async def read_event(document: Document, turns: Turns) -> Arrived:
    """The event that a document is. Raises NoEventError."""
    if isinstance(document, Oversized):
        reason = f"the document has {document.size} octets, more than are read"
        try:
            return Arrived(await _beginning(document.head, turns), reason)
        except NoEventError:
            return Arrived(SOME_CHANGE, reason)
    document = await in_turns(shortened(document), turns)
    try:
        return Arrived(_decoded(document))
    except NoEventError:
        mended = await in_turns(mend(document), turns)
    try:
        return Arrived(_decoded(mended))
    except NoEventError as error:
        return Arrived(await _beginning(mended, turns), f"the document is no JSON: {error.__cause__}")


async def _beginning(document: bytes, turns: Turns) -> Event:
    """What the first part of a document says, up to where it is no JSON or nearly. Raises NoEventError."""
    length = min(len(document), HELD_OF_OVERSIZED)
    while True:
        head = await in_turns(mend(closed(document[:length])), turns)
        try:
            return _decoded(head)
        except NoEventError:
            if length < LEAST_BEGINNING:
                raise
            length -= length // 8


def _decoded(document: bytes) -> Event:
    try:
        return _events.decode(document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, MemoryError) as error:
        raise NoEventError(error) from error
