"""Paths of a configuration that are patterns."""

import glob
from collections.abc import Iterator
from pathlib import Path


def is_glob(path: str) -> bool:
    """Whether a path of the configuration is a pattern; one that exists as it is written is not."""
    return glob.has_magic(path) and not Path(path).exists()


def glob_base(path: str) -> Path:
    """The folder in front of the first part that is a pattern."""
    parts = Path(path).parts
    plain = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:plain])


def searched_folders(path: str) -> Iterator[Path]:
    """What is looked through to find what a pattern matches: folders, and some files among them."""
    parts = Path(path).parts
    for index, part in enumerate(parts):
        if glob.has_magic(part):
            above = str(Path(*parts[:index]))
            yield from map(Path, glob.glob(above, recursive=True))
            if part == "**":
                yield from map(Path, glob.glob(f"{above}/**/", recursive=True))
