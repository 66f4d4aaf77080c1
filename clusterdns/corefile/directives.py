"""The inside of a server block: directives, and the words that belong to each."""

from collections.abc import Collection

from clusterdns.corefile.errors import did_you_mean, shown
from clusterdns.corefile.imports import Imports
from clusterdns.corefile.model import CorefileWarning, Directive, Token
from clusterdns.corefile.structure import Words, entries_of
from clusterdns.corefile.variables import expand


class DirectiveReader:
    """Reads blocks from the stream of `imports`; `plugins` are the names allowed, None for any."""

    def __init__(self, imports: Imports, *, plugins: Collection[str] | None) -> None:
        self._imports = imports
        self._stream = imports.stream
        self._problems = imports.problems
        self._plugins = plugins

    def block(self, start: Token) -> tuple[Directive, ...]:
        """The directives of a block that begins with `start`, the next token: a `{` or the first name."""
        uses: dict[str, Words] = {}
        if start.text != "{":
            self._without_braces(uses)
        else:
            self._stream.take()
            if not self._lines(uses):
                self._complain_unclosed(start)
        return tuple(self._directives(uses))

    def _without_braces(self, uses: dict[str, Words]) -> None:
        if self._lines(uses) and self._stream.current is not None:
            self._warn(self._stream.current, '"}" ends a server block that no "{" began')

    def _lines(self, uses: dict[str, Words]) -> bool:
        """Whether a `}` ended the block, not the end of the file."""
        while (raw := self._stream.peek()) is not None and not self._problems.full:
            if raw.text == "}":
                self._stream.take()
                return True
            if raw.text == "import":
                self._imports.resolve()
            else:
                self._directive(uses)
        return self._problems.full

    def _directive(self, uses: dict[str, Words]) -> None:
        """One use of a plugin: the rest of the line, and on to the `}` if there is a `{`."""
        raw = self._stream.take()
        name = expand(raw, self._imports.environ)
        self._check(name)
        words = uses.setdefault(name.text, Words())
        words.add(raw, name)
        open_braces: list[Token] = []
        while (next_ := self._stream.peek()) is not None and self._belongs(next_, open_braces):
            if next_.text == "import" and self._stream.at_new_line():
                self._imports.resolve()
                continue
            self._stream.take()
            words.add(next_, expand(next_, self._imports.environ))
        if open_braces:
            self._problems.add(open_braces[-1].position, f'the "{{" of {shown(name.text)} is never closed')

    def _belongs(self, token: Token, open_braces: list[Token]) -> bool:
        """Whether the directive goes on with the next token; keeps account of the braces that are open."""
        if token.text == "{":
            open_braces.append(token)
        elif not open_braces and self._stream.at_new_line():
            return False
        elif token.text == "}":
            if not open_braces:
                self._problems.add(token.position, 'unexpected "}": it must stand on a line of its own')
                return False
            open_braces.pop()
        return True

    def _check(self, name: Token) -> None:
        word = name.text
        if word in ("", "{"):
            self._problems.add(name.position, f"the name of a plugin is expected, not {shown(word)}")
        elif self._plugins is not None and word not in self._plugins:
            hint = did_you_mean(word, self._plugins)
            self._problems.add(name.position, f"unknown plugin {shown(word)}{hint}")

    def _complain_unclosed(self, start: Token) -> None:
        """Note the missing `}` of a block. As in CoreDNS, a plugin's `}` that comes last passes for it."""
        last = self._stream.current
        if last is not None and last.text == "}":
            self._warn(start, 'the "{" of this server block is never closed')
        elif not self._problems.errors:
            self._problems.add(start.position, 'the "{" of this server block is never closed')

    def _directives(self, uses: dict[str, Words]) -> list[Directive]:
        directives: list[Directive] = []
        for name, words in uses.items():
            with self._problems.caught():
                entries = entries_of(words)
                tokens = tuple(words.expanded)
                directives.append(
                    Directive(name=name, position=tokens[0].position, entries=entries, tokens=tokens)
                )
        return directives

    def _warn(self, token: Token, message: str) -> None:
        self._imports.warnings.append(CorefileWarning(position=token.position, message=message))
