"""Label selectors: the text form that kubectl, the API and the Corefile use.

    selector    = [requirement *("," requirement)]                 all must hold; none selects everything
    requirement = key | "!" key                                    the label is there, or is not
                | key ("=" | "==" | "!=") value
                | key ("in" | "notin") "(" value *("," value) ")"
                | key (">" | "<") integer

A label that is absent satisfies `!=` and `notin` (Kubernetes, "Labels and Selectors").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_TOKEN: Final = re.compile(r"\s*(?:(==|!=|[=!<>(),])|([^\s=!<>(),]+))")
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_PREFIX: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_MOST_PREFIX: Final = 253


class SelectorError(ValueError):
    """A text that is no label selector; says what was found and what was expected."""


class Operator(Enum):
    """Operators of a requirement, as label selectors of Kubernetes have them."""

    EXISTS = auto()
    ABSENT = auto()
    IN = auto()
    NOT_IN = auto()
    GREATER = auto()
    LESS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement: `=` is IN with one value, `!=` NOT_IN with one."""

    key: str
    operator: Operator
    values: frozenset[str] = frozenset()

    def __str__(self) -> str:
        values = ",".join(sorted(self.values))
        match self.operator:
            case Operator.EXISTS:
                return self.key
            case Operator.ABSENT:
                return f"!{self.key}"
            case Operator.IN:
                return f"{self.key} in ({values})"
            case Operator.NOT_IN:
                return f"{self.key} notin ({values})"
            case Operator.GREATER:
                return f"{self.key}>{values}"
            case Operator.LESS:
                return f"{self.key}<{values}"

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels satisfy it."""
        found = labels.get(self.key)
        match self.operator:
            case Operator.EXISTS:
                return found is not None
            case Operator.ABSENT:
                return found is None
            case Operator.IN:
                return found is not None and found in self.values
            case Operator.NOT_IN:
                return found is None or found not in self.values
            case Operator.GREATER | Operator.LESS:
                return self._compares(found)

    def _compares(self, found: str | None) -> bool:
        if found is None or not re.fullmatch(r"-?\d+", found, re.ASCII):
            return False
        (bound,) = self.values
        return int(found) > int(bound) if self.operator is Operator.GREATER else int(found) < int(bound)


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """All of its requirements must hold; without any it selects everything."""

    requirements: tuple[Requirement, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "LabelSelector":
        """Read the text form. Raises SelectorError."""
        return cls(_Reader(text).selector())

    def __str__(self) -> str:
        """The text form, as an API server takes it."""
        return ",".join(map(str, self.requirements))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is selected."""
        return all(requirement.matches(labels) for requirement in self.requirements)


class _Reader:
    """Reads a selector from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = [match[1] or match[2] for match in _TOKEN.finditer(text)]

    def selector(self) -> tuple[Requirement, ...]:
        requirements: list[Requirement] = []
        while self._tokens:
            requirements.append(self._requirement())
            if self._tokens:
                self._expect(",")
                if not self._tokens:
                    raise self._error("a requirement after the comma")
        return tuple(requirements)

    def _requirement(self) -> Requirement:
        if self._peek() == "!":
            self._next()
            return Requirement(key=self._key(), operator=Operator.ABSENT)
        key = self._key()
        match self._peek():
            case "" | ",":
                return Requirement(key=key, operator=Operator.EXISTS)
            case "=" | "==" | "!=" as symbol:
                self._next()
                operator = Operator.NOT_IN if symbol == "!=" else Operator.IN
                return Requirement(key=key, operator=operator, values=frozenset((self._value(),)))
            case "in" | "notin" as word:
                self._next()
                operator = Operator.IN if word == "in" else Operator.NOT_IN
                return Requirement(key=key, operator=operator, values=self._values())
            case ">" | "<" as symbol:
                self._next()
                operator = Operator.GREATER if symbol == ">" else Operator.LESS
                return Requirement(key=key, operator=operator, values=frozenset((self._integer(),)))
            case _:
                raise self._error("one of =, ==, !=, in, notin, >, <, a comma or the end")

    def _values(self) -> frozenset[str]:
        self._expect("(")
        values = {self._value()}
        while self._peek() == ",":
            self._next()
            values.add(self._value())
        self._expect(")")
        return frozenset(values)

    def _key(self) -> str:
        key = self._peek()
        prefix, slash, name = key.rpartition("/")
        prefix_is_good = not slash or (len(prefix) <= _MOST_PREFIX and _PREFIX.fullmatch(prefix))
        if not _NAME.fullmatch(name) or not prefix_is_good:
            raise self._error("a label key")
        return self._next()

    def _value(self) -> str:
        if self._peek() in {"", ",", ")"}:
            return ""  # a label may have the empty value
        if not _NAME.fullmatch(self._peek()):
            raise self._error("a label value")
        return self._next()

    def _integer(self) -> str:
        if not re.fullmatch(r"-?\d+", self._peek(), re.ASCII):
            raise self._error("an integer")
        return self._next()

    def _expect(self, symbol: str) -> None:
        if self._peek() != symbol:
            raise self._error(f'"{symbol}"')
        self._next()

    def _peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _next(self) -> str:
        return self._tokens.pop(0)

    def _error(self, expected: str) -> SelectorError:
        found = f'"{self._peek()}"' if self._tokens else "the end"
        return SelectorError(f'label selector "{self._text}": expected {expected}, found {found}')
