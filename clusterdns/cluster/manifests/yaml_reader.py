"""Plain values out of YAML, as Kubernetes' tools read it, in pieces small enough to yield_to_loop between.

The parser of libyaml gives events; a general loader would build nodes and then objects in one long call.
Values are what JSON has: texts, integers, floats, booleans, null, lists and mappings with texts as keys.
A date is a text. Aliases and merge keys (`<<`) work, bounded in what they expand to.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

from clusterdns.cluster.manifests.events import MOST_DEPTH
from clusterdns.cluster.manifests.memory import give_back
from clusterdns.cluster.manifests.yaml_events import YamlFault, parse
from clusterdns.cluster.manifests.yielding import YieldToLoop

Value: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None

MOST_NODES = 5_000_000
"""Nodes of one document with its aliases expanded; a small file can ask for billions."""

MOST_NESTED = 10_000
"""Mappings and lists within one another. What is nested deeper than MOST_DEPTH is null all the same."""

_TAG: Final = "tag:yaml.org,2002:"
_PLAIN: Final[tuple[tuple[re.Pattern[str], Callable[[str], Value]], ...]] = (
    (re.compile(r"~|null|Null|NULL|"), lambda _: None),
    (re.compile(r"true|True|TRUE|yes|Yes|YES|on|On|ON"), lambda _: True),
    (re.compile(r"false|False|FALSE|no|No|NO|off|Off|OFF"), lambda _: False),
    (re.compile(r"[-+]?(?:0|[1-9][0-9_]*)"), lambda text: int(text.replace("_", ""))),
    (re.compile(r"[-+]?0o?[0-7_]+"), lambda text: int(text.replace("o", "").replace("_", ""), 8)),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+"), lambda text: int(text.replace("_", ""), 16)),
    (
        re.compile(r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"),
        lambda text: float(text.replace("_", "")),
    ),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)"), lambda text: float(text.replace(".", ""))),
    (re.compile(r"\.(?:nan|NaN|NAN)"), lambda _: float("nan")),
)
_NEVER_TEXT: Final = frozenset("~-+.0123456789tTfFyYnNoO")
_MOST_DIGITS: Final = 64


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being built. `size` counts its nodes, those of aliases too."""

    value: list[Any] | dict[str, Any]
    anchor: str | None
    key: str | None = None
    is_merge: bool = False
    size: int = 1
    merged: list[dict[str, Any]] = field(default_factory=list)


def read_yaml(pieces: Sequence[str], yield_to_loop: YieldToLoop) -> Iterator[Value]:
    """The documents of a YAML text in pieces. Raises YamlFault."""
    builder = _Builder()
    try:
        for event in parse(pieces, yield_to_loop):
            if builder.take(event):
                yield builder.document
    except YamlFault:
        give_back(builder.unfinished(), yield_to_loop)
        raise


class _Builder:
    """Builds values from events; one document at a time."""

    def __init__(self) -> None:
        self.document: Value = None
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Value, int]] = {}
        self._too_deep = 0

    def take(self, event: Any) -> bool:
        """Take one event; whether a document is complete with it."""
        if self._too_deep:
            self._pass_by(event)
            return False
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._open({}, event)
            case yaml.SequenceStartEvent():
                self._open([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self._anchors = {}
                self.document = None
            case _:
                pass  # the ends of documents and of the stream
        return isinstance(event, yaml.DocumentEndEvent)

    def unfinished(self) -> list[Any]:
        """The values begun and not complete, so that the caller can free them step by step."""
        found = [frame.value for frame in self._frames]
        self._frames, self._anchors = [], {}
        return found

    def _pass_by(self, event: Any) -> None:
        if isinstance(event, yaml.CollectionStartEvent):
            self._too_deep += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            self._too_deep -= 1
        if self._too_deep + MOST_DEPTH > MOST_NESTED:
            raise _fault(event, f"nested more than {MOST_NESTED:,} deep")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            self._set_key(frame, event)
            return
        value = _scalar_value(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._add(value, event, size=1)

    def _set_key(self, frame: _Frame, event: yaml.ScalarEvent) -> None:
        # The text as written: the keys of JSON are texts, whatever they look like.
        if event.value in frame.value:
            raise _fault(event, f'the key "{event.value}" is there twice')
        frame.key = event.value
        frame.is_merge = event.value == "<<" and event.implicit[0]  # not when quoted
        if event.anchor:
            self._anchors[event.anchor] = (event.value, 1)

    def _open(self, value: list[Any] | dict[str, Any], event: Any) -> None:
        if len(self._frames) >= MOST_DEPTH:
            self._add(None, event, size=1)
            self._too_deep = 1
            return
        if self._frames and isinstance(self._frames[-1].value, dict) and self._frames[-1].key is None:
            raise _fault(event, "a key must be a text")
        self._frames.append(_Frame(value, event.anchor))

    def _close(self, event: Any) -> None:
        frame = self._frames.pop()
        if isinstance(frame.value, dict):
            for merged in frame.merged:
                for key, value in merged.items():
                    frame.value.setdefault(key, value)
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.value, frame.size)
        self._add(frame.value, event, size=frame.size)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchors:
            raise _fault(event, f'the alias "*{event.anchor}" has no anchor before it')
        value, size = self._anchors[event.anchor]
        self._add(value, event, size=size)

    def _add(self, value: Value, event: Any, *, size: int) -> None:
        if not self._frames:
            self.document = value
            return
        frame = self._frames[-1]
        frame.size += size
        if frame.size > MOST_NODES:
            raise _fault(event, f"more than {MOST_NODES:,} values, counting what aliases repeat")
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.key is None:
            raise _fault(event, "a key must be a text")
        elif frame.is_merge:
            frame.merged += _mappings(value, event)
            frame.key = None
        else:
            frame.value[frame.key] = value
            frame.key = None


def _mappings(value: Value, event: Any) -> list[dict[str, Any]]:
    found: list[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) for item in found):
        raise _fault(event, "the merge key << takes a mapping or a list of them")
    return found


def _scalar_value(event: yaml.ScalarEvent) -> Value:
    text: str = event.value
    tag = event.tag
    if tag is None or tag == "!":
        return _plain_value(text) if tag is None and event.implicit[0] else text
    kind = tag.removeprefix(_TAG)
    if kind == "str":
        return text
    if kind not in {"int", "float", "bool", "null"}:
        raise _fault(event, f"unknown tag {tag}")
    value = _plain_value(text)
    return float(value) if kind == "float" and isinstance(value, int) else value


def _plain_value(text: str) -> Value:
    if text and text[0] not in _NEVER_TEXT:
        return text
    if len(text) > _MOST_DIGITS:
        return text
    for pattern, convert in _PLAIN:
        if pattern.fullmatch(text):
            return convert(text)
    return text


def _fault(event: Any, reason: str) -> YamlFault:
    return YamlFault(event.start_mark.line + 1, reason=reason)
