"""Reading a shape value by value: what cannot be read is left out and noted, and the rest is there.

Only for documents that the shape's decoder refuses: it takes ten times as long.

    a value with a default      has it
    an element of a list        is left out
    a value that is needed      takes its object along: a port without its number, an address without a text
    null                        is the same as absent, as in Go
"""

import types
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, Generic, TypeVar, Union, get_args, get_origin

import msgspec

from clusterdns.cluster.kube.faults import Faults, Path
from clusterdns.cluster.work import Work

S = TypeVar("S", bound=msgspec.Struct)

Needed = Mapping[type, frozenset[str]]
"""Fields of shapes, by their names in Python, that must not be left out alone though they have a default."""

AT_ONCE: Final = 16 * 1024
"""Octets of a list or object that are tried as a whole. In a larger one something is odd all the same."""

NULL: Final = msgspec.Raw(b"null")
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])


class LeftOutError(ValueError):
    """A value cannot be read; it is noted."""


class Lenient(Generic[S]):
    """Reads objects of one shape.

    Raises, beside LeftOutError, what msgspec raises for text that is no JSON.
    """

    def __init__(self, shape: type[S], needed: Needed) -> None:
        self._reader = _reader(shape, needed)

    def read(self, document: msgspec.Raw, faults: Faults) -> Work[S]:
        """The object. Raises LeftOutError if nothing is left of it."""
        found: S = yield from self._reader.read(document, (), faults)
        return found


class _Leaf:
    """A value that is read or not."""

    def __init__(self, type_: Any) -> None:
        self._decoder = msgspec.json.Decoder(type_)

    def read(self, raw: msgspec.Raw, path: Path, faults: Faults) -> Work[Any]:
        """The value. Raises LeftOutError."""
        yield
        try:
            return self._decoder.decode(raw)
        except msgspec.ValidationError as error:
            raise _left_out(path, faults, error) from None


class _Container(_Leaf):
    """A value of which parts may be left out."""

    def read(self, raw: msgspec.Raw, path: Path, faults: Faults) -> Work[Any]:
        """The value. Raises LeftOutError."""
        refusal: msgspec.ValidationError | None = None
        if len(raw) <= AT_ONCE:
            try:
                return self._decoder.decode(raw)
            except msgspec.ValidationError as error:
                refusal = error
        yield
        try:
            return (yield from self._parts(raw, path, faults))
        except msgspec.ValidationError as error:
            raise _left_out(path, faults, refusal or error) from None

    @abstractmethod
    def _parts(self, raw: msgspec.Raw, path: Path, faults: Faults) -> Work[Any]:
        """The value without those of its parts that cannot be read. Raises ValidationError if it has none."""


class _List(_Container):
    """A list; elements that cannot be read are left out."""

    def __init__(self, type_: Any, element: _Leaf) -> None:
        super().__init__(type_)
        self._element = element

    def _parts(self, raw: msgspec.Raw, path: Path, faults: Faults) -> Work[Any]:
        items = _ITEMS.decode(raw)
        yield
        found = []
        for index, item in enumerate(items):
            with suppress(LeftOutError):  # it is noted
                found.append((yield from self._element.read(item, (*path, index), faults)))
            yield
        return tuple(found)


class _Object(_Container):
    """An object; values that cannot be read are left out, unless they are needed."""

    def __init__(self, shape: type[msgspec.Struct], needed: Needed) -> None:
        super().__init__(shape)
        fields = msgspec.structs.fields(shape)
        self._shape = shape
        self._members = {one.name: (one.encode_name, _reader(one.type, needed)) for one in fields}
        self._required = frozenset(one.name for one in fields if one.required)
        self._needed = needed.get(shape, frozenset()) | self._required
        raws: list[Any] = [
            (one.name, msgspec.Raw, msgspec.field(name=one.encode_name, default=NULL)) for one in fields
        ]
        self._raw = msgspec.json.Decoder(msgspec.defstruct(f"Raw{shape.__name__}", raws))

    def _parts(self, raw: msgspec.Raw, path: Path, faults: Faults) -> Work[Any]:
        parts = self._raw.decode(raw)
        yield
        values: dict[str, Any] = {}
        for name, (written, reader) in self._members.items():
            part: msgspec.Raw = getattr(parts, name)
            if _is_null(part):
                if name in self._required:
                    faults.note((*path, written), "expected a value")
                    raise LeftOutError
                continue
            try:
                values[name] = yield from reader.read(part, (*path, written), faults)
            except LeftOutError:
                if name in self._needed:
                    raise
        return self._shape(**values)


def _reader(type_: Any, needed: Needed) -> _Leaf:
    choices = [one for one in _choices(type_) if one is not types.NoneType]
    if len(choices) != 1:
        return _Leaf(type_)
    (only,) = choices
    if get_origin(only) is tuple:
        return _List(only, _reader(get_args(only)[0], needed))
    if isinstance(only, type) and issubclass(only, msgspec.Struct):
        return _Object(only, needed)
    return _Leaf(only)


def _choices(type_: Any) -> tuple[Any, ...]:
    return get_args(type_) if get_origin(type_) in {Union, types.UnionType} else (type_,)


def _is_null(raw: msgspec.Raw) -> bool:
    return len(raw) == 4 and bytes(raw) == b"null"


def _left_out(path: Path, faults: Faults, error: msgspec.ValidationError) -> LeftOutError:
    words = str(error).partition(" - at `$")[0].replace("`", "")
    faults.note(path, words[:1].lower() + words[1:])
    return LeftOutError(words)
