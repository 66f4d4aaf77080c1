"""Texts that somebody else wrote, for a line of the log or of a page."""

from typing import Final

LONGEST_NAME: Final = 253
"""Characters of a name in Kubernetes."""


def shown(text: str, longest: int = LONGEST_NAME) -> str:
    """At most `longest` characters, without any that would end or colour the line."""
    cut = text[:longest]
    if not (cut.isascii() and cut.isprintable()):
        cut = cut.encode("unicode_escape").decode("ascii")[: longest * 2]
    return cut if len(text) <= longest else f"{cut}..."
