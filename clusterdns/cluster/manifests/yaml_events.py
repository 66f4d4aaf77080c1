"""The events of libyaml's parser, in steps that are short however long a scalar is."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import yaml

from clusterdns.cluster.manifests.events import CLOSE, KEY, LIST, MAPPING, SCALAR, DocumentEvent
from clusterdns.cluster.manifests.yielding import YieldToLoop

EVENTS_A_YIELD: Final = 40

MOST_TEXT: Final = 4 << 20
"""Characters of a scalar, escapes and comments before it included. The API server takes objects of 1.5 MB."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFault(ValueError):
    """A document that cannot be read: on which line of the text (from 1), and why."""

    def __init__(self, line: int, *, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def parse(pieces: Sequence[str], yield_to_loop: YieldToLoop) -> Iterator[Any]:
    """The parser's own events of a text in pieces. Raises YamlFault."""
    stream = _Stream(pieces, yield_to_loop)
    try:
        for count, event in enumerate(yaml.parse(stream, Loader=_LOADER)):
            stream.since_event = 0
            yield event
            if count % EVENTS_A_YIELD == 0:
                yield_to_loop()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        raise YamlFault(mark.line + 1 if mark else 1, reason=f"not YAML: {reason}") from None
    except yaml.YAMLError as error:
        raise YamlFault(_line_of_reader_error(pieces, error), reason=f"not YAML: {error}") from None


def yaml_events(
    pieces: Sequence[str], yield_to_loop: YieldToLoop, *, document: int
) -> Iterator[DocumentEvent]:
    """The events of one document of a text; `document` counts from 0.

    Aliases are scalars without a value, and keys that are no scalars are left out.

    Raises:
        YamlFault: it is not YAML.
    """
    number = -1
    open_ones: list[str] = []
    is_key = False
    for event in parse(pieces, yield_to_loop):
        number += isinstance(event, yaml.DocumentStartEvent)
        kind = _KINDS.get(type(event))
        if kind is None or number != document:
            continue
        if kind == CLOSE:
            open_ones.pop()
        elif is_key:
            kind = KEY
        yield DocumentEvent(kind, getattr(event, "value", None), event.start_mark.line + 1)
        if kind in {MAPPING, LIST}:
            open_ones.append(kind)
        is_key = bool(open_ones) and open_ones[-1] == MAPPING and kind != KEY


class _Stream:
    """Text in pieces as libyaml reads it. It yields to the loop at each of them, also within a scalar.

    since_event: characters read since the parser gave an event.
    """

    def __init__(self, pieces: Iterable[str], yield_to_loop: YieldToLoop) -> None:
        self.since_event = 0
        self._pieces = iter(pieces)
        self._yield_to_loop = yield_to_loop
        self._line = 1

    def read(self, _size: int = 0, /) -> str:
        """The next piece, "" at the end. Raises YamlFault where a text goes on for too long."""
        self._yield_to_loop()
        piece = next(self._pieces, "")
        self.since_event += len(piece)
        if self.since_event > MOST_TEXT and piece.strip():
            raise YamlFault(self._line, reason=f"a text of more than {MOST_TEXT >> 20} MiB")
        self._line += piece.count("\n")
        return piece


_KINDS: Final = {
    yaml.ScalarEvent: SCALAR,
    yaml.AliasEvent: SCALAR,
    yaml.MappingStartEvent: MAPPING,
    yaml.SequenceStartEvent: LIST,
    yaml.MappingEndEvent: CLOSE,
    yaml.SequenceEndEvent: CLOSE,
}


def _line_of_reader_error(pieces: Iterable[str], error: yaml.YAMLError) -> int:
    """The line of a position, which is counted in octets."""
    left: int = getattr(error, "position", 0)
    line = 1
    for piece in pieces:
        octets = piece.encode()
        line += octets.count(b"\n", 0, left)
        left -= len(octets)
        if left <= 0:
            break
    return line
