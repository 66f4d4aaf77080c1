"""Objects out of YAML and JSON texts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from testbed.apiserver.resources import RESOURCES
from testbed.apiserver.stored import Document

KINDS: Final = frozenset(resource.kind for resource in RESOURCES)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Iterator[Document]:
    """The objects of a text that are of a kind that is served, those of Lists among them.

    Raises:
        yaml.YAMLError: the text is no YAML.
    """
    for document in yaml.load_all(text, Loader=_LOADER):
        yield from _served(document)


def read_folder(folder: Path) -> Iterator[Document]:
    """The objects of the `.yaml`, `.yml` and `.json` files in a folder, file by file in the order of names.

    Raises:
        OSError: a file cannot be read.
        yaml.YAMLError, msgspec.DecodeError: a file is not what its name says.
    """
    for path in sorted(folder.iterdir()):
        if path.suffix in {".yaml", ".yml"}:
            yield from read_yaml(path.read_text(encoding="utf-8"))
        elif path.suffix == ".json":
            yield from _served(msgspec.json.decode(path.read_bytes()))


def _served(document: Any) -> Iterator[Document]:
    if isinstance(document, list):
        items = document
    elif isinstance(document, dict) and str(document.get("kind")).endswith("List"):
        items = document.get("items") or []
    else:
        items = [document]
    for item in items:
        if isinstance(item, dict) and item.get("kind") in KINDS:
            yield item
