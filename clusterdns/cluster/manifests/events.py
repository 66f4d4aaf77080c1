"""Events that JSON and YAML texts are parsed into, to build values from or to find a line by."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Final, NamedTuple, TypeAlias

from clusterdns.cluster.manifests.memory import give_back
from clusterdns.cluster.manifests.yielding import YieldToLoop

MAPPING: Final = "mapping"
LIST: Final = "list"
KEY: Final = "key"
SCALAR: Final = "scalar"
CLOSE: Final = "close"

MOST_DEPTH: Final = 100
"""What is nested deeper becomes null: nothing that is read is nested deeper than 8."""

_DEPTHS: Final = {MAPPING: 1, LIST: 1, CLOSE: -1}

Path: TypeAlias = tuple[str | int, ...]


class DocumentEvent(NamedTuple):
    """A mapping or list begins or ends, or a key or scalar stands there; and the line where, from 1."""

    kind: str
    value: Any
    line: int


class TooManyValuesError(ValueError):
    """More values than a document may have; the line where the bound was passed."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def build(events: Iterable[DocumentEvent], yield_to_loop: YieldToLoop, *, most: int) -> Any:
    """The value that the events of one document make up.

    Raises:
        TooManyValuesError: it has more than `most` values.
        ValueError: what taking the events raises.
    """
    top: list[Any] = []
    try:
        _fill(top, events, most=most)
    except ValueError:
        give_back(top, yield_to_loop)
        raise
    return top[0]


def _fill(top: list[Any], events: Iterable[DocumentEvent], *, most: int) -> None:
    open_ones: list[Any] = [top]
    keys: list[Any] = [None]
    too_deep = 0
    for number, event in enumerate(events):
        if number > most:
            raise TooManyValuesError(event.line)
        if too_deep:
            too_deep += _DEPTHS.get(event.kind, 0)
        elif event.kind == KEY:
            keys[-1] = event.value
        elif event.kind == CLOSE:
            open_ones.pop()
            keys.pop()
        elif event.kind == SCALAR or len(open_ones) > MOST_DEPTH:
            too_deep = _DEPTHS.get(event.kind, 0)
            _add(open_ones[-1], keys[-1], event.value)
        else:
            value: Any = {} if event.kind == MAPPING else []
            _add(open_ones[-1], keys[-1], value)
            open_ones.append(value)
            keys.append(None)


def line_of(events: Iterator[DocumentEvent], path: Path) -> int:
    """The line of the value at `path`, its key's if it has one, or of the last part of it that is there.

    Only as many events are taken as that needs.
    """
    reached = next(events)
    line = reached.line
    for part in path:
        found = _child(events, reached, part)
        if found is None:
            break
        line, reached = found
    return line


def _child(
    events: Iterator[DocumentEvent], holder: DocumentEvent, part: str | int
) -> tuple[int, DocumentEvent] | None:
    """The line and first event of a part of `holder`, whose own event was the last one taken."""
    if holder.kind not in {MAPPING, LIST}:
        return None
    for index in count():
        event = next(events)
        if event.kind == CLOSE:
            return None
        value = next(events) if event.kind == KEY else event
        if part == (event.value if event.kind == KEY else index):
            return event.line, value
        _pass_by(events, value)
    return None


def _pass_by(events: Iterator[DocumentEvent], first: DocumentEvent) -> None:
    depth = _DEPTHS.get(first.kind, 0)
    while depth:
        depth += _DEPTHS.get(next(events).kind, 0)


def _add(holder: Any, key: Any, value: Any) -> None:
    if isinstance(holder, dict):
        holder[key] = value
    else:
        holder.append(value)
