"""`import`: snippets, files and patterns put in the place where they are named.

CoreDNS's rules: a snippet of that name wins over a file; paths are relative to the file with the import;
a pattern has at most one `*` and one `?` in its whole path and no `[...]`; a missing file is an error, a
pattern without matches a warning. A snippet takes no arguments.
"""

import os.path
from collections.abc import Mapping

from clusterdns.corefile.errors import CorefileError, Problems, shown
from clusterdns.corefile.files import Files
from clusterdns.corefile.lexer import tokenize
from clusterdns.corefile.model import CorefileWarning, Token
from clusterdns.corefile.stream import Stream, on_same_line
from clusterdns.corefile.variables import expand

MAX_SNIPPET_IMPORTS = 10_000
MAX_FILE_IMPORTS = 100_000


class Imports:
    """Carries out imports on a stream. `snippets` are the bodies defined so far, by name."""

    def __init__(self, stream: Stream, environ: Mapping[str, str], *, files: Files) -> None:
        self.snippets: dict[str, list[Token]] = {}
        self.problems = Problems()
        self.warnings: list[CorefileWarning] = []
        self.stream = stream
        self.environ = environ
        self._files = files
        self._read: dict[str, list[Token]] = {}
        self._snippet_imports = 0
        self._file_imports = 0

    def resolve(self) -> None:
        """Replace the `import` that comes next in the stream, and its argument, by what they name.

        A mistake is noted and the import left out. Raises CorefileError when there are too many imports.
        """
        keyword = self.stream.drop()
        words = self._words_of_line(keyword)
        with self.problems.caught():
            self._put_in_place(self._argument(keyword, words))
        self._check_count(keyword)

    def _put_in_place(self, pattern: Token) -> None:
        if pattern.text in self.snippets:
            self._snippet_imports += 1
            self._push(pattern, f"({pattern.text})", tokens=self.snippets[pattern.text])
        else:
            self._file_imports += 1
            self._import_files(pattern)

    def _check_count(self, keyword: Token) -> None:
        if self._snippet_imports > MAX_SNIPPET_IMPORTS:
            raise CorefileError(keyword.position, f"more than {MAX_SNIPPET_IMPORTS} imports of snippets")
        if self._file_imports > MAX_FILE_IMPORTS:
            raise CorefileError(keyword.position, f"more than {MAX_FILE_IMPORTS} imports of files")

    def _argument(self, keyword: Token, words: list[Token]) -> Token:
        if len(words) != 1:
            position = words[1].position if words else keyword.position
            raise CorefileError(position, '"import" takes one argument: a snippet, a file or a pattern')
        argument = expand(words[0], self.environ)
        if not argument.text:
            raise CorefileError(argument.position, '"import" takes a name that is not empty')
        return argument

    def _words_of_line(self, keyword: Token) -> list[Token]:
        words: list[Token] = []
        last = keyword
        while (token := self.stream.peek_here()) is not None and on_same_line(last, token):
            if words and token.text in ("{", "}"):
                self.problems.add(token.position, f'unexpected {shown(token.text)} after "import"')
                break
            last = self.stream.drop()
            words.append(last)
        return words

    def _import_files(self, pattern: Token) -> None:
        paths = self._matches(pattern)
        tokens = [self._tokens(pattern, path) for path in paths]
        for path, words in reversed(list(zip(paths, tokens, strict=True))):
            self._push(pattern, path, tokens=words)

    def _push(self, imported: Token, source: str, *, tokens: list[Token]) -> None:
        if self.stream.is_active(source):
            raise CorefileError(imported.position, f"import cycle: {shown(imported.text)} imports itself")
        self.stream.push(tokens, source)

    def _matches(self, pattern: Token) -> list[str]:
        directory = os.path.dirname(os.path.abspath(pattern.position.file))
        path = os.path.normpath(os.path.join(directory, pattern.text))
        if path.count("*") > 1 or path.count("?") > 1 or "[" in path:
            message = f'pattern {shown(path)} may have at most one "*" and one "?", and no "["'
            raise CorefileError(pattern.position, message)
        found = list(self._files.matches(path))
        if not found and not any(wild in path for wild in "*?]"):
            raise CorefileError(pattern.position, f"no snippet and no file {shown(pattern.text)} to import")
        if not found:
            message = f"no file matches the import pattern {shown(pattern.text)}"
            self.warnings.append(CorefileWarning(position=pattern.position, message=message))
        return found

    def _tokens(self, imported: Token, path: str) -> list[Token]:
        if path not in self._read:
            try:
                text = self._files.read(path)
            except OSError as error:
                reason = error.strerror or str(error)
                raise CorefileError(imported.position, f"cannot import {shown(path)}: {reason}") from None
            self._read[path] = tokenize(text, path)
        return self._read[path]
