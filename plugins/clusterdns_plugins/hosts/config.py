"""The directive `hosts`: a file, inline lines, and the handling of names that are in neither."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from clusterdns.corefile import (
    Arguments,
    CorefileError,
    CorefileWarning,
    Directive,
    Entry,
    Option,
    Position,
    Problems,
    Token,
    lenient_zones,
    no_block,
    once,
)
from clusterdns.dns.name import ROOT, Name

__all__ = ["Settings", "parse"]

DEFAULT_FILE: Final = Path("/etc/hosts")
DEFAULT_TTL: Final = 3600
DEFAULT_RELOAD: Final = 5.0
MAX_TTL: Final = 65535
"""As in CoreDNS: about 18 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one directive.

    file: the hosts file, relative to the context's root.
    zones: those whose names are answered; None for the zones of the server block.
    inline: lines of a hosts file that stand in the Corefile.
    ttl: of every record, in seconds.
    reverse: whether addresses get PTR records.
    reload: seconds between looks at the file, 0 for only one at the start.
    fall_through: zones whose names go to the next plugin if they are unknown here.
    fall_through_unsupported: whether types other than A and AAAA go there too, for names known here.
    position: the place in the Corefile that names the file, None for the default file.
    doubts: words that were left out because they are no zones.
    """

    file: Path = DEFAULT_FILE
    zones: tuple[Name, ...] | None = None
    inline: tuple[str, ...] = ()
    ttl: int = DEFAULT_TTL
    reverse: bool = True
    reload: float = DEFAULT_RELOAD
    fall_through: tuple[Name, ...] = ()
    fall_through_unsupported: bool = False
    position: Position | None = field(default=None, compare=False)
    doubts: tuple[CorefileWarning, ...] = field(default=(), compare=False)


def parse(directive: Directive) -> Settings:
    """Read `hosts [FILE [ZONES...]] { … }`; lines that are no option are lines of a hosts file, as long
    as `fallthrough` does not stand in front of them."""
    entry = once(directive)
    words = Arguments(entry)
    position = entry.args[0].position if entry.args else None
    file = words.path("a hosts file") if words.more else DEFAULT_FILE
    zones, doubts = lenient_zones(words.rest())
    block = _Block(entry)
    return Settings(
        file=file,
        zones=_names(zones) if len(entry.args) > 1 else None,
        inline=tuple(block.inline),
        ttl=block.ttl,
        reverse=block.reverse,
        reload=block.reload,
        fall_through=block.fall_through,
        fall_through_unsupported=block.unsupported is not None,
        position=position,
        doubts=(*doubts, *block.doubts),
    )


class _Block:
    """The lines in braces, read from top to bottom, since `fallthrough` ends the hosts file's lines."""

    def __init__(self, entry: Entry) -> None:
        self.inline: list[str] = []
        self.ttl = DEFAULT_TTL
        self.reverse = True
        self.reload = DEFAULT_RELOAD
        self.fall_through: tuple[Name, ...] = ()
        self.unsupported: Option | None = None
        self.doubts: tuple[CorefileWarning, ...] = ()
        problems = Problems()
        for option in entry.options:
            with problems.caught():
                self._read(option, Arguments(option))
        if self.unsupported is not None and not self.fall_through:
            problems.add(self.unsupported.position, '"fallthrough_unsupported" requires "fallthrough"')
        problems.raise_if_any()

    def _read(self, option: Option, words: Arguments) -> None:
        no_block(option)
        match option.name.text:
            case "ttl":
                self.ttl = words.integer(
                    minimum=1, maximum=MAX_TTL
                )  # further words are ignored, as in CoreDNS
                return
            case "no_reverse":
                self.reverse = False
                self._read_following(words.rest())
            case "reload":
                self.reload = words.duration(minimum=0)
            case "fallthrough":
                self._read_fallthrough(words)
            case "fallthrough_unsupported":
                self.unsupported = option
            case _:
                self._read_inline(option, words)
        words.end()

    def _read_fallthrough(self, words: Arguments) -> None:
        everywhere = not words.more
        zones, doubts = lenient_zones(words.rest())
        self.fall_through = (ROOT,) if everywhere else _names(zones)
        self.doubts += doubts

    def _read_following(self, words: tuple[Token, ...]) -> None:
        """Behind a flag CoreDNS goes on reading as on a new line: `hosts { no_reverse }`."""
        if words and words[0].text != "}":
            following = Option(name=words[0], args=words[1:])
            self._read(following, Arguments(following))

    def _read_inline(self, option: Option, words: Arguments) -> None:
        if self.fall_through:
            raise CorefileError(
                option.position,
                f'unknown option "{option.name.text}" of "hosts"; hosts lines stand before "fallthrough"',
            )
        self.inline.append(" ".join((option.name.text, *words.words())))


def _names(zones: tuple[str, ...]) -> tuple[Name, ...]:
    return tuple(Name.from_text(zone) for zone in zones)
