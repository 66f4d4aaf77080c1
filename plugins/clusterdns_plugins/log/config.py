"""From the Corefile to rules: which names, which classes, which format."""

from dataclasses import dataclass, field
from typing import Final

from clusterdns.corefile import Arguments, CorefileWarning, Directive, Entry, Options, Token, lenient_zones
from clusterdns.dns.name import ROOT, Name
from clusterdns_plugins.log.format import COMMON, Format
from clusterdns_plugins.log.kinds import Class

__all__ = ["Rule", "Settings", "parse"]

DEFAULT_FORMAT: Final = Format(COMMON)
EVERY_CLASS: Final = frozenset({Class.ALL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Log the replies to `scope` and all below it that belong to one of `classes`, as `format` says."""

    scope: Name = ROOT
    format: Format = DEFAULT_FORMAT
    classes: frozenset[Class] = EVERY_CLASS

    def wants(self, kind: Class) -> bool:
        """Whether replies of the class are logged."""
        return kind in self.classes or Class.ALL in self.classes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The first of `rules` whose name fits a query decides. `doubts`: words left out, being no names."""

    rules: tuple[Rule, ...]
    doubts: tuple[CorefileWarning, ...] = field(default=(), compare=False)


def parse(directive: Directive) -> Settings:
    """Read `log [NAMES...] [FORMAT] { class CLASSES... }`, which may stand several times."""
    parts = tuple(map(_entry, directive.entries))
    return Settings(
        rules=tuple(rule for part in parts for rule in part.rules),
        doubts=tuple(doubt for part in parts for doubt in part.doubts),
    )


def _entry(entry: Entry) -> Settings:
    words, layout = _names_and_format(entry)
    names, doubts = lenient_zones(words)
    scopes = tuple(map(Name.from_text, names)) if words else (ROOT,)
    with Options(entry) as options:
        named = options.every("class", _classes)
    classes = frozenset[Class]().union(*named) or EVERY_CLASS
    rules = tuple(Rule(scope=scope, format=layout, classes=classes) for scope in scopes)
    return Settings(rules=rules, doubts=doubts)


def _names_and_format(entry: Entry) -> tuple[tuple[Token, ...], Format]:
    """The names and the format of a line. A format has a brace and follows a name; one word is a name.

    An empty word, such as a variable that is not set, is the root, as in CoreDNS.
    """
    words, text = entry.args, COMMON
    if len(words) > 1 and "{" in words[-1].text:
        words, text = words[:-1], words[-1].text
    return tuple(word if word.text else word._replace(text=".") for word in words), Format(text)


def _classes(words: Arguments) -> frozenset[Class]:
    first = words.choice(*_CLASS_WORDS)
    others = [words.choice(*_CLASS_WORDS) for _ in range(len(words.owner.args) - 1)]
    return frozenset(Class(word) for word in (first, *others))


_CLASS_WORDS: Final = tuple(kind.value for kind in Class)
