"""Errors of manifests."""

from pathlib import Path


class ManifestError(Exception):
    """One fault: in which file, on which line (None: the file as a whole), and what it is."""

    def __init__(self, path: Path, line: int | None, *, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if line is None else f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class ManifestErrors(Exception):
    """All faults found at once; the text has a line for each."""

    def __init__(self, errors: tuple[ManifestError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors
