"""Sentences for values that have the wrong type: which field, what was expected, what was found."""

import json
import re
from typing import Any, Final

import msgspec

from clusterdns.cluster.kube.making import FieldError
from clusterdns.cluster.manifests.events import Path

_EXPECTED: Final = re.compile(r"Expected `([^`]+)`(?:, got `[^`]+`|( [<>]=? \S+))?")
_MISSING: Final = re.compile(r"Object missing required field `([^`]+)`")
_PLACE: Final = re.compile(r" - at `\$([^`]*)`")
_PART: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_WORDS: Final = {
    "int": "an integer",
    "str": "a text",
    "bool": "true or false",
    "object": "a mapping",
    "array": "a list",
    "float": "a number",
}
_LONGEST = 60


def field_error(error: msgspec.ValidationError, value: Any) -> FieldError:
    """The error of msgspec about `value` as a FieldError: a path from the root, and the expected type
    in plain words.
    """
    text = str(error)
    place = _PLACE.search(text)
    path, found = _walk(place[1] if place else "", value)
    missing = _MISSING.match(text)
    if missing:
        return FieldError((*path, missing[1]), "a value", found=None)
    expected = _EXPECTED.match(text)
    return FieldError(path, _words(expected) if expected else text, found=found)


def sentence(error: FieldError) -> str:
    """`spec.ports[0].port: expected an integer, found "http"`."""
    return f"{field_text(error.path)}: expected {error.expected}, found {_shown(error.found)}"


def field_text(path: Path) -> str:
    """A path as Kubernetes writes it: `spec.ports[0].port`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".") or "the document"


def _walk(text: str, value: Any) -> tuple[Path, Any]:
    path: list[str | int] = []
    for name, index in _PART.findall(text):
        if index == "...":  # of a mapping's values: msgspec does not say which
            key = next((key for key, item in value.items() if not isinstance(item, str)), "")
        else:
            key = name or int(index)
        path.append(key)
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            value = None
    return tuple(path), value


def _words(expected: re.Match[str]) -> str:
    names = [name for name in expected[1].split(" | ") if name != "null"]
    words = " or ".join(_WORDS.get(name, name) for name in names)
    bound = expected[2]
    return f"{words}{bound}" if bound else words


def _shown(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            shown = value[: _LONGEST + 1] if isinstance(value, str) else value
            text = json.dumps(shown, ensure_ascii=False, default=str)
            return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
