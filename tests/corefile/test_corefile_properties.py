"""Any text is parsed or refused with CorefileErrors, in time linear in its length."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clusterdns.corefile import Arguments, CorefileErrors, Document, Options, parse
from clusterdns.corefile.lexer import tokenize

from_grammar = st.lists(
    st.sampled_from(
        [
            *' \n\r\t{}"\\#,*.aé\x00\ud800\ufeff',
            *(
                "import ",
                "(s) {\n",
                "s",
                "{$A}",
                "{%B%}",
                "{$",
                "log ",
                ":53",
                "10.0.0.0/9",
                "1::/1",
                "tls://",
            ),
        ]
    ),
    max_size=60,
).map("".join)
ENVIRON = {"A": "{$B}", "B": "{", "C": "{$C}"}
GROWTH = 16
MEBIBYTE = 1 << 20


class NoFiles:
    def matches(self, pattern: str) -> tuple[str, ...]:
        return ("/a",) if pattern.endswith("/s") else ()

    def read(self, path: str) -> str:
        return "log {\nimport s\n}"


def parsed(text: str) -> Document | None:
    try:
        return parse(text, environ=ENVIRON, files=NoFiles(), plugins=["log", "whoami"])
    except CorefileErrors as refused:
        refusal = str(refused)
    assert refusal != ""
    return None


@given(st.one_of(st.text(), from_grammar))
@example("import \ud800*\n")
@settings(max_examples=200, deadline=None)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    document = parsed(text)
    if document is not None:
        assert len(document.sha512()) == 128


@given(st.text(alphabet=st.characters(exclude_categories=())))
@settings(max_examples=100, deadline=None)
def test_names_of_real_files_may_be_anything(text: str) -> None:
    with suppress(CorefileErrors):
        parse(f"import {text}", environ={})


@given(from_grammar, st.sampled_from(["integer", "number", "duration", "address", "zones", "path", "switch"]))
@settings(max_examples=200, deadline=None)
def test_readers_raise_one_type(words: str, reader: str) -> None:
    document = parsed(". {\nlog {\n" + words + "\n}\n}")
    for block in document.blocks if document else ():
        for entry in (entry for directive in block.directives for entry in directive.entries):
            with suppress(CorefileErrors), Options(entry) as options:
                options.others(getattr(Arguments, reader))


@given(st.lists(st.text(alphabet='ab \n\\é#{"', max_size=5), min_size=1, max_size=8))
def test_a_word_in_quotes_comes_back(words: list[str]) -> None:
    words = [word.replace("\\", "") for word in words]
    text = " ".join('"' + word.replace('"', '\\"') + '"' for word in words)
    assert [token.text for token in tokenize(text, "Corefile")] == words


@pytest.mark.parametrize(
    "text_of",
    [
        pytest.param(lambda size: "a" * size, id="one word"),
        pytest.param(lambda size: "a " * (size // 2), id="words"),
        pytest.param(lambda size: "a, " * (size // 3), id="keys"),
        pytest.param(lambda size: "a." * (size // 2), id="labels"),
        pytest.param(lambda size: '"' + '\\"' * (size // 2), id="escaped quotes"),
        pytest.param(lambda size: '.\nlog "' + "\\" * size, id="backslashes"),
        pytest.param(lambda size: "a\r" * (size // 2), id="carriage returns"),
        pytest.param(lambda size: "#" * size, id="comment"),
        pytest.param(lambda size: "{ " * (size // 2), id="braces"),
        pytest.param(
            lambda size: ".\nlog " + "{\na " * (size // 16) + "}\n" * (size // 16), id="nested blocks"
        ),
        pytest.param(lambda size: "".join(f"{{$A{i}}}" for i in range(size // 9)), id="variables"),
        pytest.param(lambda size: ". {\n" + "whoam\n" * (size // 6) + "}", id="unknown directives"),
        pytest.param(lambda size: "1.0.0.0/1 " * (size // 10), id="address prefixes"),
        pytest.param(lambda size: "import s\n" * (size // 9), id="imports"),
    ],
)
def test_the_time_grows_with_the_text_and_not_with_its_square(text_of: Callable[[int], str]) -> None:
    small = min(seconds(text_of(MEBIBYTE // GROWTH)) for _ in range(3))
    assert seconds(text_of(MEBIBYTE)) < 4 * GROWTH * max(small, 0.001)


def seconds(text: str) -> float:
    """CPU time that a text takes; what is wrong with it does not matter here."""
    start = time.process_time()
    parsed(text)
    return time.process_time() - start
