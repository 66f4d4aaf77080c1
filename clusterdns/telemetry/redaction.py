"""Keeping secrets out of what others read: logs, pages, metrics, errors. The one place that does.

    a secret that is known ─▶ Redactor.keep, Redactor.seen ─┐
    a text from outside    ─▶ Redactor.line ────────────────┴─▶ one bounded line without secrets
    a line for the log     ─▶ without_credentials ─────────────▶ the same without what looks like a secret

Known secrets are found in every spelling that protocols give them. What looks like one (the user of a URL,
its query, a bearer token, a private key) is hidden whether it is known or not.
"""

import re
from collections import deque
from typing import Final

from clusterdns.telemetry.spellings import LONGEST_SPELLING, Spellings

__all__ = ["HIDDEN", "LONGEST_LINE", "Redactor", "one_line", "without_credentials"]

HIDDEN: Final = "***"

SHORTEST_SECRET: Final = 4
"""Characters. A shorter text stands in too many words by chance."""

MOST_SEEN: Final = 16
"""Secrets of those that change that are remembered: a token lives for hours, a text about it for seconds."""

LONGEST_TEXT: Final = 16 * 1024
"""Characters of a text from outside that are looked at."""

LONGEST_LINE: Final = 1000

WORDS: Final = re.compile(r"[^\s\"'<>]+")
TOKENS: Final = re.compile(
    r"(?P<scheme>\b(?:bearer|basic)\s{1,9})[\w.~+/=-]{16,}|\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}", re.IGNORECASE
)
PRIVATE_KEYS: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
)


class Redactor:
    """Takes the secrets of one API server out of texts."""

    def __init__(self) -> None:
        self._kept: dict[str, Spellings] = {}
        self._seen: deque[Spellings] = deque(maxlen=MOST_SEEN)

    def keep(self, secret: str) -> None:
        """Hide it from now on."""
        if len(secret) >= SHORTEST_SECRET:
            self._kept[secret] = Spellings(secret)

    def seen(self, secret: str) -> None:
        """Hide it until some later ones have been seen: one of those that are renewed."""
        if len(secret) < SHORTEST_SECRET or secret in self._kept:
            return
        if all(secret != known.secret for known in self._seen):
            self._seen.append(Spellings(secret))

    def line(self, text: str, *, longest: int = LONGEST_LINE) -> str:
        """The text on one line, without secrets, cut to `longest` characters."""
        # Cut only after that: a half of a secret would not be found.
        return one_line(self._redacted(text), longest)

    def _redacted(self, text: str) -> str:
        known = sorted((*self._kept.values(), *self._seen), key=lambda one: len(one.secret), reverse=True)
        redacted = text[:LONGEST_TEXT]
        for one in known:
            redacted = one.hidden_in(redacted)
        redacted = without_credentials(redacted)
        if len(text) > LONGEST_TEXT and known:
            # What stands at the end may be the beginning of a secret.
            redacted = redacted[: max(0, len(redacted) - LONGEST_SPELLING * len(known[0].secret))]
        return redacted


def without_credentials(text: str) -> str:
    """The text without what looks like a secret. Costs little where nothing does."""
    if "PRIVATE KEY" in text:
        text = PRIVATE_KEYS.sub(HIDDEN, text)
    if "@" in text or "://" in text:
        text = WORDS.sub(_without_user, text)
    return TOKENS.sub(_without_token, text)


def one_line(text: str, longest: int) -> str:
    """Words with a space between them, nothing that is not printable, cut to `longest` characters."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= longest else f"{line[:longest]}..."


def _without_user(word: re.Match[str]) -> str:
    """A word without the user and the query of a URL: from its beginning to the last @, whatever is between.

    A password that holds a slash or an @ makes no right URL, and is one all the same.
    """
    text = word[0]
    scheme, marks, rest = text.partition("://")
    if not marks:
        scheme, rest = "", text
    user, at, host = rest.rpartition("@")
    if at and (marks or ":" in user):
        rest = f"{HIDDEN}@{host}"
    if marks:
        place, question, _ = rest.partition("?")
        rest = f"{place}?{HIDDEN}" if question else rest
    return f"{scheme}{marks}{rest}"


def _without_token(found: re.Match[str]) -> str:
    return f"{found['scheme'] or ''}{HIDDEN}"
