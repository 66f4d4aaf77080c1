"""From the API's JSON straight to the table's objects.

at_once     what msgspec reads as it stands: nearly every document
in_steps    what it refuses: mended if it is no JSON to it, read value by value, odd ones left out
"""

from functools import cached_property
from itertools import chain
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from clusterdns.cluster.json.mending import mend
from clusterdns.cluster.json.prefix import beginnings
from clusterdns.cluster.kinds import KINDS, SPECS
from clusterdns.cluster.kube.faults import Faults
from clusterdns.cluster.kube.making import Making
from clusterdns.cluster.objects import ClusterObject, Kind, Names
from clusterdns.cluster.reflector.reading.identity import IdentityMetadata, IdentityShape
from clusterdns.cluster.reflector.reading.lenient import LeftOutError, Lenient, Needed
from clusterdns.cluster.shown import shown
from clusterdns.cluster.work import Work, at_once

S = TypeVar("S", bound=msgspec.Struct)

LONGEST_WORDS: Final = 160
REFUSALS: Final = (msgspec.MsgspecError, ValueError, RecursionError, OverflowError, MemoryError)
"""The exceptions that reading a document may raise, whatever is in it."""

_IDENTITY: Final = frozenset({"name", "namespace"})
_PORT: Final = frozenset({"name", "port", "protocol"})
NEEDED: Final[Needed] = {
    IdentityMetadata: _IDENTITY,
    **{spec.metadata: _IDENTITY for spec in KINDS},
    # A port without its name, number or protocol would be another port.
    **{spec.ports.lean: _PORT for spec in KINDS if spec.ports is not None},
}


class ObjectIdentity(NamedTuple):
    """Which object it is, in which version; and whether it is the bookmark that ends initial events."""

    names: Names
    version: str
    ends_initial: bool


NOBODY: Final = ObjectIdentity(("", ""), "", ends_initial=False)


class UnreadableError(ValueError):
    """A document that is no object of the kind expected. `identity`: which one it is, NOBODY if that is not
    readable either.
    """

    def __init__(self, sentence: str, identity: ObjectIdentity = NOBODY) -> None:
        super().__init__(sentence)
        self.identity = identity


class Decoded(NamedTuple):
    """A decoded object. trigger: a slice's time of the change that it reflects, as the slice has it ("" for
    none). faults: the values that were left out, None for none.
    """

    item: ClusterObject
    trigger: str = ""
    faults: Faults | None = None


class Decoder:
    """Reads objects of one kind. Equal namespaces, types, ports and nodes are shared among them."""

    def __init__(self, kind: Kind) -> None:
        self._spec = SPECS[kind]
        self._making = Making()
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(self._spec.lean)
        self._peek = msgspec.json.Decoder(IdentityShape)

    def decode(self, document: msgspec.Raw) -> Decoded:
        """The whole object. Raises UnreadableError."""
        return self.at_once(document) or at_once(self.in_steps(document))

    def at_once(self, document: msgspec.Raw) -> Decoded | None:
        """The whole object, None if anything in it is odd."""
        try:
            decoded = self._build(self._decoder.decode(document))
        except REFUSALS:
            return None
        return decoded if decoded.item.name else None

    def in_steps(self, document: msgspec.Raw) -> Work[Decoded]:
        """The whole object without what is odd in it. Raises UnreadableError."""
        faults = Faults()
        try:
            shape = yield from _mended(self._lenient, document, faults)
            shape = yield from self._spec.clean(shape, faults)
            decoded = yield from self._built(shape)
        except LeftOutError:
            raise UnreadableError(str(faults), (yield from self.identify(bytes(document)))) from None
        except REFUSALS as error:
            raise UnreadableError(_words(error), (yield from self.identify(bytes(document)))) from error
        if not decoded.item.name:
            raise UnreadableError("metadata.name: expected a value")
        return decoded._replace(faults=faults or None)

    def _built(self, shape: Any) -> Work[Decoded]:
        if self._spec.build_in_steps is None:
            return self._build(shape)
        item = yield from self._spec.build_in_steps(shape, self._making)
        return Decoded(item, self._spec.trigger(shape))

    def _build(self, shape: Any) -> Decoded:
        return Decoded(self._spec.build(shape, self._making), self._spec.trigger(shape))

    def peek(self, document: msgspec.Raw) -> ObjectIdentity:
        """Only which object it is. Names are empty for a bookmark. Raises UnreadableError."""
        try:
            return self._identity_of(self._peek.decode(document))
        except REFUSALS as error:
            raise UnreadableError(_words(error)) from error

    def identify(self, document: bytes) -> Work[ObjectIdentity]:
        """The identity in a malformed document, or in the beginning of one; NOBODY if there is none."""
        for text in chain((document,), beginnings(document)):
            try:
                return self._identity_of(
                    (yield from _mended(self._lenient_peek, msgspec.Raw(text), Faults()))
                )
            except LeftOutError:
                break
            except REFUSALS:
                yield  # it is no JSON up to here
        return NOBODY

    def _identity_of(self, shape: IdentityShape) -> ObjectIdentity:
        metadata, notes = shape.metadata, shape.metadata.annotations
        names = (metadata.namespace or "" if self._spec.is_namespaced else "", metadata.name)
        ends_initial = notes is not None and notes.initial_events_end == "true"
        return ObjectIdentity(names, metadata.resource_version or "", ends_initial)

    # Made when they are needed, which in most clusters is never.
    @cached_property
    def _lenient(self) -> Lenient[Any]:
        return Lenient(self._spec.lean, NEEDED)

    @cached_property
    def _lenient_peek(self) -> Lenient[IdentityShape]:
        return Lenient(IdentityShape, NEEDED)


def _mended(reader: Lenient[S], document: msgspec.Raw, faults: Faults) -> Work[S]:
    """Read a document by `reader`, and once more mended if it is no JSON. Raises LeftOutError, REFUSALS."""
    try:
        return (yield from reader.read(document, faults))
    except LeftOutError:
        raise
    except REFUSALS:
        mended = yield from mend(bytes(document))
    faults.clear()
    return (yield from reader.read(msgspec.Raw(mended), faults))


def _words(error: BaseException) -> str:
    return f"the document cannot be read: {shown(str(error), LONGEST_WORDS)}"
