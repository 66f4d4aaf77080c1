"""The ways in which protocols and programs write a text: as it is, escaped, encoded as a part of another."""

import base64
import re
from functools import cached_property
from typing import Final
from urllib.parse import quote

__all__ = ["LONGEST_SPELLING", "Spellings"]

LONGEST_SPELLING: Final = 12
"""Characters that one character comes to at the most: four octets, three characters for each."""

SHORTEST_CORE: Final = 4
URL_SAFE: Final = str.maketrans("+/", "-_")


class Spellings:
    """Finds a secret in texts, in whatever spelling."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def hidden_in(self, text: str, *, by: str = "***") -> str:
        """The text with `by` in place of the secret."""
        text = self._written.sub(by, text)
        for code in self._encoded:
            text = text.replace(code, by)
        return text

    @cached_property
    def _written(self) -> re.Pattern[str]:
        """Each character as it is or escaped, independently of the others."""
        return re.compile(
            "".join(one if one.isascii() and one.isalnum() else _written(one) for one in self.secret)
        )

    @cached_property
    def _encoded(self) -> tuple[str, ...]:
        octets = self.secret.encode("utf-8", "surrogatepass")
        cores = {core for shift in range(3) if len(core := _base64_core(octets, shift)) >= SHORTEST_CORE}
        percent = "".join(f"%{octet:02x}" for octet in octets)  # quote never does that, others do
        return (
            *cores,
            *(core.translate(URL_SAFE) for core in cores),
            octets.hex(),
            octets.hex().upper(),
            percent,
            percent.upper(),
        )


def _written(character: str) -> str:
    """A pattern for a character: itself, in a URL, in a form, in Python, in JSON, in HTML."""
    code = ord(character)
    percent = quote(character.encode("utf-8", "surrogatepass"), safe="")
    numbers = [f"\\\\x{code:02x}", f"\\\\u{code:04x}", f"&#{code};", f"&#x{code:x};"]
    if percent == character:  # what quote leaves as it is: - . _ ~
        percent = f"%{code:02x}"
    ways = [
        re.escape(character),
        f"\\\\{re.escape(character)}",
        f"(?i:{percent})",
        *(f"(?i:{one})" for one in numbers),
    ]
    ways += {
        " ": [r"\+"],
        "&": ["&amp;"],
        "<": ["&lt;"],
        ">": ["&gt;"],
        '"': ["&quot;"],
        "'": ["&apos;"],
    }.get(character, [])
    return f"(?:{'|'.join(ways)})"


def _base64_core(octets: bytes, shift: int) -> str:
    """The part of base64 that does not depend on neighbours; `shift`: the octets' position modulo 3."""
    encoded = base64.b64encode(bytes(shift) + octets).decode()
    return encoded[-(-8 * shift // 6) : 8 * (shift + len(octets)) // 6]
