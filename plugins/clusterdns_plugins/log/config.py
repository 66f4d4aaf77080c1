"""From the Corefile to rules: which names, which classes, which format."""

from dataclasses import dataclass
from typing import Final

from clusterdns.corefile import Arguments, Directive, Entry, Options, zones_of
from clusterdns.dns.name import ROOT, Name
from clusterdns_plugins.log.format import COMMON, Format
from clusterdns_plugins.log.kinds import Class

__all__ = ["Rule", "parse"]

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


def parse(directive: Directive) -> tuple[Rule, ...]:
    """Read `log [NAMES...] [FORMAT] { class CLASSES... }`, which may stand several times.

    The first rule whose name fits a query decides, in the order of the file.
    """
    return tuple(rule for entry in directive.entries for rule in _rules(entry))


def _rules(entry: Entry) -> tuple[Rule, ...]:
    scopes, layout = _scopes_and_format(entry)
    with Options(entry) as options:
        named = options.every("class", _classes)
    classes = frozenset[Class]().union(*named) or EVERY_CLASS
    return tuple(Rule(scope=scope, format=layout, classes=classes) for scope in scopes)


def _scopes_and_format(entry: Entry) -> tuple[tuple[Name, ...], Format]:
    """A format has a brace and stands behind a name; a word alone is a name whatever it looks like."""
    names, text = entry.args, COMMON
    if len(names) > 1 and "{" in names[-1].text:
        names, text = names[:-1], names[-1].text
    scopes = tuple(Name.from_text(zone) for zone in zones_of(names))
    return scopes or (ROOT,), Format(text)


def _classes(words: Arguments) -> frozenset[Class]:
    first = words.choice(*_CLASS_WORDS)
    others = [words.choice(*_CLASS_WORDS) for _ in range(len(words.owner.args) - 1)]
    return frozenset(Class(word) for word in (first, *others))


_CLASS_WORDS: Final = tuple(kind.value for kind in Class)
