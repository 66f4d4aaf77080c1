"""Paths of a configuration that are patterns."""

import glob
from pathlib import Path


def is_glob(path: str) -> bool:
    """Whether a path of the configuration is a pattern; one that exists as it is written is not."""
    return glob.has_magic(path) and not Path(path).exists()


def glob_base(path: str) -> Path:
    """The folder in front of the first part that is a pattern."""
    parts = Path(path).parts
    plain = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:plain])
