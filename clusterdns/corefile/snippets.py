"""Snippets: `(name) { ... }`, words kept for `import name` further down."""

from itertools import pairwise

from clusterdns.corefile.errors import CorefileError, shown
from clusterdns.corefile.imports import Imports
from clusterdns.corefile.model import Token
from clusterdns.corefile.stream import on_new_line
from clusterdns.corefile.variables import expand


def snippet_name(keys: list[Token]) -> Token | None:
    """The name, if these keys are those of a snippet: a single word in parentheses."""
    if len(keys) == 1 and keys[0].text.startswith("(") and keys[0].text.endswith(")"):
        return keys[0]._replace(text=keys[0].text[1:-1])
    return None


def read_snippet(imports: Imports, name: Token) -> None:
    """Take the snippet's block from the stream and remember its words.

    A mistake in it is noted. Raises CorefileError if the block does not begin or does not end.
    """
    words = _block(imports, name)
    if name.text in imports.snippets:
        imports.problems.add(name.position, f"snippet {shown(name.text)} is defined already")
    elif _imports_itself(imports, name, words=words):
        imports.problems.add(name.position, f"import cycle: snippet {shown(name.text)} imports itself")
    else:
        imports.snippets[name.text] = words


def _block(imports: Imports, name: Token) -> list[Token]:
    start = imports.stream.take()
    if start.text != "{":
        raise CorefileError(
            start.position, f'snippet {shown(name.text)} expects "{{", not {shown(start.text)}'
        )
    words: list[Token] = []
    depth = 1
    while imports.stream.peek() is not None:
        token = imports.stream.take()
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            return words
        words.append(token)
    raise CorefileError(start.position, f'the "{{" of snippet {shown(name.text)} is never closed')


def _imports_itself(imports: Imports, name: Token, *, words: list[Token]) -> bool:
    previous: Token | None = None
    for word, following in pairwise(words):
        begins_line = previous is None or on_new_line(previous, word)
        if word.text == "import" and begins_line and expand(following, imports.environ).text == name.text:
            return True
        previous = word
    return False
