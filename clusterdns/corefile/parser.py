"""Tokens → server blocks, with CoreDNS's idea of what is legal.

Grammar, where LINE ends at a line break outside quotes:

    corefile  = { snippet | block }           a block without braces goes on to the end of the file
    snippet   = "(" NAME ")" "{" words "}"
    block     = KEY { [","] KEY } ["{"] { directive | import } ["}"]
    directive = NAME words-of-LINE [ "{" lines "}" ]

A `{` of a block may stand on the next line, a `}` only where a name could. Quoted braces are braces.
"""

import os
import os.path
from collections.abc import Collection, Mapping

from clusterdns.corefile.directives import DirectiveReader
from clusterdns.corefile.errors import CorefileError, CorefileErrors, Position
from clusterdns.corefile.files import Files, RealFiles
from clusterdns.corefile.imports import Imports
from clusterdns.corefile.keys import parse_key
from clusterdns.corefile.lexer import tokenize
from clusterdns.corefile.model import CorefileWarning, Directive, Document, Key, ServerBlock, Token
from clusterdns.corefile.snippets import read_snippet, snippet_name
from clusterdns.corefile.stream import Stream
from clusterdns.corefile.variables import expand

MAX_ZONES = 20_000
"""Zones of all keys, address prefixes expanded."""


def parse(
    text: str,
    *,
    file: str = "Corefile",
    environ: Mapping[str, str] | None = None,
    files: Files | None = None,
    plugins: Collection[str] | None = None,
) -> Document:
    """Parse a Corefile and everything that it imports.

    `environ` is the process's environment if None, `files` the real ones. Imports are relative to `file`,
    which also names the text in errors. With `plugins` any other directive is an error; without, none is.
    A document without blocks stands for DEFAULT_COREFILE. Raises CorefileErrors with all mistakes.
    """
    try:
        tokens = tokenize(text, file)
    except CorefileError as error:
        raise CorefileErrors([error]) from error
    return parse_tokens(tokens, file=file, environ=environ, files=files, plugins=plugins)


def parse_tokens(
    tokens: list[Token],
    *,
    file: str = "Corefile",
    environ: Mapping[str, str] | None = None,
    files: Files | None = None,
    plugins: Collection[str] | None = None,
) -> Document:
    """As `parse`, for a text that is in words already."""
    environ = os.environ if environ is None else environ
    stream = Stream()
    imports = Imports(stream, environ, files=RealFiles() if files is None else files)
    parser = _Parser(imports, DirectiveReader(imports, plugins=plugins))
    blocks: list[ServerBlock] = []
    with imports.problems.caught():
        stream.push(tokens, os.path.abspath(file))
        while stream.peek() is not None and not imports.problems.full:
            blocks.extend(parser.block())
    imports.problems.raise_if_any()
    return Document(blocks=tuple(blocks), warnings=tuple(imports.warnings), unserved=tuple(parser.unserved))


class _Parser:
    """Reads one block after another from the stream of `imports`."""

    def __init__(self, imports: Imports, directives: DirectiveReader) -> None:
        self._imports = imports
        self._stream = imports.stream
        self._problems = imports.problems
        self._warnings = imports.warnings
        self._directives = directives
        self._zones = 0
        self.unserved: list[Directive] = []

    def block(self) -> tuple[ServerBlock, ...]:
        """The next block; nothing for a snippet, or for a block without keys."""
        words = self._keys()
        start = self._stream.peek()
        if start is not None and (name := snippet_name(words)) is not None:
            read_snippet(self._imports, name)
            return ()
        keys = self._parsed(words)
        directives = () if start is None else self._directives.block(start)
        if keys:
            return (ServerBlock(keys=keys, directives=directives, position=keys[0].position),)
        self.unserved += directives
        if start is not None and not words:
            self._warn(start.position, "a block without keys is read and not served")
        return ()

    def _keys(self) -> list[Token]:
        """The words up to the `{` or, without a comma, the end of the line."""
        keys: list[Token] = []
        comma: Token | None = None
        begins = True
        while (raw := self._stream.peek()) is not None:
            if not begins and comma is None and self._stream.at_new_line():
                break
            token = expand(raw, self._imports.environ)
            if token.text == "import" and self._stream.at_new_line():
                self._imports.resolve()
                begins = True
                continue
            if token.text == "{":
                break
            self._stream.take()
            begins = False
            if token.text:
                comma = token if token.text.endswith(",") else None
                keys.append(token if comma is None else token._replace(text=token.text[:-1]))
        if comma is not None:
            self._problems.add(comma.position, "another key must follow the comma")
        return keys

    def _parsed(self, words: list[Token]) -> tuple[Key, ...]:
        keys: list[Key] = []
        for word in words:
            if self._zones > MAX_ZONES:
                raise CorefileError(word.position, f"more than {MAX_ZONES} zones")
            with self._problems.caught():
                key, warning = parse_key(word)
                keys.append(key)
                self._zones += len(key.zones)
                if warning is not None:
                    self._warnings.append(warning)
        return tuple(keys)

    def _warn(self, position: Position, message: str) -> None:
        self._warnings.append(CorefileWarning(position=position, message=message))
