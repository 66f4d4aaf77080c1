"""All manifests of the configuration: which have changed, and what the good ones declare.

A broken file keeps what it declared when it was last good. A file that went away declares nothing any
more, unless the path that named it went away too: then somebody unmounted it, and all stays as it was. So it
does below a folder that cannot be read: that is a fault, and no sign that the folder is empty.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clusterdns.cluster.kube.declared import Declared
from clusterdns.cluster.manifests.chunks import Chunk, yaml_chunks
from clusterdns.cluster.manifests.documents import DocumentFault, DocumentReader
from clusterdns.cluster.manifests.errors import ManifestError
from clusterdns.cluster.manifests.files import FileListing, FoundFile, Signature, find_files, signature
from clusterdns.cluster.manifests.json_cutter import JsonFault, json_chunks
from clusterdns.cluster.manifests.memory import give_back
from clusterdns.cluster.manifests.pieces import read_pieces
from clusterdns.cluster.manifests.yielding import YieldToLoop

MOST_OCTETS = 128 * 1024 * 1024
"""A manifest larger than this is refused unread."""

Settle = Callable[[], None]
Objects = tuple[Declared, ...]


@dataclass(slots=True)
class _Contents:
    """The objects in a file: by the digest of their document's text, and all in order."""

    documents: dict[bytes, Objects] = field(default_factory=dict)
    declared: list[Declared] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    """State of one file: its root, the last contents without a fault, and its present error."""

    root: str
    signature: Signature | None = None
    good: _Contents = field(default_factory=_Contents)
    error: ManifestError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """Result of a refresh: objects of files that changed (None: the file is gone), and the present errors."""

    declared: dict[Path, list[Declared] | None]
    errors: tuple[ManifestError, ...]


class Folder:
    """The files below some paths. Not for several threads at once."""

    def __init__(self, paths: tuple[str, ...], *, yield_to_loop: YieldToLoop, settle: Settle) -> None:
        self._paths = paths
        self._yield_to_loop = yield_to_loop
        self._settle = settle
        self._files: dict[Path, _File] = {}
        self._reader = DocumentReader()

    def refresh(self) -> Refreshed:
        """Look at every file, read those that changed, parse the documents in them that changed."""
        found = self._find()
        declared: dict[Path, list[Declared] | None] = dict.fromkeys(self._forget(found))
        for file in found.files:
            known = self._files.get(file.path)
            if known is None or known.signature != file.signature:
                contents = self._read(file)
                if contents is not None:
                    declared[file.path] = list(contents.declared)
            self._yield_to_loop()
        return Refreshed(declared=declared, errors=(*_not_found(found), *self._errors()))

    def _find(self) -> FileListing:
        """The files. Where one has gone a second look is taken: some editors delete, then write."""
        found = find_files(self._paths, self._yield_to_loop)
        if self._gone(found):
            self._settle()
            found = find_files(self._paths, self._yield_to_loop)
        return found

    def _gone(self, found: FileListing) -> list[Path]:
        there = {file.path for file in found.files}
        return [
            path
            for path, file in self._files.items()
            if path not in there and file.root not in found.missing and not found.hides(path)
        ]

    def _forget(self, found: FileListing) -> list[Path]:
        gone = self._gone(found)
        for path in gone:
            del self._files[path]
        return gone

    def _read(self, found: FoundFile) -> _Contents | None:
        """The contents of a file now, or None if it cannot be read: then its error is kept.

        A file that turned bad or has lost objects may be half written: it gets a moment, and a second look
        if it changed again in that.
        """
        file = self._files.setdefault(found.path, _File(found.root))
        file.root = found.root
        contents = self._try(found.path, file)
        objects = len(contents.declared) if contents is not None else 0
        if objects < len(file.good.declared):
            self._settle()
            if signature(found.path) != file.signature:
                contents = self._try(found.path, file)
        if contents is not None:
            old, file.good = file.good, contents
            self._forget_contents(old)
        return contents

    def _try(self, path: Path, file: _File) -> _Contents | None:
        file.error = None
        try:
            file.signature = signature(path)
            return self._contents(path, file.good)
        except FileNotFoundError:
            return None  # gone since it was found: the next look says so
        except OSError as error:
            file.signature = None  # it may become readable without being changed
            file.error = ManifestError(path, None, reason=f"cannot be read: {error.strerror}")
        except (JsonFault, DocumentFault) as fault:
            file.error = ManifestError(path, fault.line, reason=fault.reason)
        except ManifestError as error:
            file.error = error
        return None

    def _contents(self, path: Path, good: _Contents) -> _Contents:
        contents = _Contents()
        try:
            self._fill(contents, path, good)
        except (OSError, JsonFault, DocumentFault, ManifestError):
            self._forget_contents(contents)
            raise
        return contents

    def _fill(self, contents: _Contents, path: Path, good: _Contents) -> None:
        is_json = path.suffix == ".json"
        for chunk in _chunks(path, self._yield_to_loop, is_json=is_json):
            digest = chunk.digest(self._yield_to_loop)
            objects = good.documents.get(digest)
            if objects is None:
                objects = tuple(self._reader.read(chunk, self._yield_to_loop, is_json=is_json))
            elif objects and objects[0].line != chunk.line:
                objects = tuple(item.moved_to(chunk.line) for item in objects)
            contents.documents[digest] = objects
            contents.declared += objects

    def _forget_contents(self, contents: _Contents) -> None:
        give_back(contents.declared, self._yield_to_loop)
        give_back(contents.documents, self._yield_to_loop)

    def _errors(self) -> Iterator[ManifestError]:
        return (file.error for _, file in sorted(self._files.items()) if file.error is not None)


def _chunks(path: Path, yield_to_loop: YieldToLoop, *, is_json: bool) -> Iterator[Chunk]:
    pieces = read_pieces(path, yield_to_loop, most=MOST_OCTETS)
    return json_chunks(pieces, yield_to_loop) if is_json else yaml_chunks(pieces, yield_to_loop)


def _not_found(found: FileListing) -> Iterator[ManifestError]:
    for root, reason in found.missing.items():
        yield ManifestError(Path(root), None, reason=reason)
    for path, reason in found.unreadable.items():
        yield ManifestError(path, None, reason=reason)
