"""Paths of a configuration that are patterns."""

import glob
from pathlib import Path


def is_glob(path: str) -> bool:
    """Whether a path of the configuration is a pattern; one that exists as it is written is not."""
    return is_magic(path) and not Path(path).exists()


def is_magic(part: str) -> bool:
    """Whether a path, or a part of one, has a character with a meaning in patterns."""
    return glob.has_magic(part)


def glob_base(path: str) -> Path:
    """The folder in front of the first part that is a pattern."""
    parts = Path(path).parts
    plain = next(index for index, part in enumerate(parts) if is_magic(part))
    return Path(*parts[:plain])
