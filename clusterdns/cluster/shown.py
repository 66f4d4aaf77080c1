"""Texts from tenants, escaped and cut for a line of the log or of a page."""

from typing import Final

LONGEST_NAME: Final = 253
"""Characters of a name in Kubernetes."""


def shown(text: str, longest: int = LONGEST_NAME) -> str:
    """`text` with at most `longest` of its characters and "..." for the others; if one is not
    printable ASCII they are escaped, in twice as many characters at most.
    """
    cut = text[:longest]
    if not (cut.isascii() and cut.isprintable()):
        cut = cut.encode("unicode_escape").decode("ascii")[: longest * 2]
    return cut if len(text) <= longest else f"{cut}..."
