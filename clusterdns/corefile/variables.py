"""Environment variables in words: `{%VAR%}` first, then `{$VAR}`. An unset one is empty.

What a variable holds may name others. One word takes part in a bounded number of replacements, so that
a variable that names itself is an error.
"""

from collections.abc import Mapping

from clusterdns.corefile.errors import CorefileError
from clusterdns.corefile.model import Token

MAX_VARIABLES = 100
MAX_LENGTH = 1 << 20


def expand(token: Token, environ: Mapping[str, str]) -> Token:
    """The token with its variables replaced. Raises CorefileError if that has no end."""
    text = token.text
    if "{%" not in text and "{$" not in text:
        return token
    text = _replace(token, text, "{%", end="%}", environ=environ)
    text = _replace(token, text, "{$", end="}", environ=environ)
    return token._replace(text=text)


def _replace(token: Token, text: str, start: str, *, end: str, environ: Mapping[str, str]) -> str:
    for _ in range(MAX_VARIABLES):
        reference = _first_reference(text, start, end)
        if reference is None:
            return text
        value = environ.get(reference[len(start) : -len(end)], "")
        if len(text) + text.count(reference) * len(value) > MAX_LENGTH + len(token.text):
            break
        text = text.replace(reference, value)
    raise CorefileError(token.position, "environment variables make this word too long, or name themselves")


def _first_reference(text: str, start: str, end: str) -> str | None:
    """`{$NAME}` with a name that is not empty; a nameless one ends the search, as in CoreDNS."""
    begin = text.find(start)
    stop = text.find(end, begin) if begin >= 0 else -1
    if stop <= begin + len(start):
        return None
    return text[begin : stop + len(end)]
