"""Tables of options: values, defaults, repetition, unknown ones, all mistakes at once."""

import pytest

from clusterdns.corefile import (
    Arguments,
    CorefileError,
    CorefileErrors,
    Directive,
    Entry,
    Options,
    no_block,
    once,
    parse,
    read_options,
)


def directive(body: str) -> Directive:
    (found,) = parse(". {\n" + body + "\n}", environ={}).blocks[0].directives
    return found


def entry(body: str) -> Entry:
    return once(directive(body))


def settings(body: str) -> tuple[int, tuple[tuple[str, ...], ...], bool]:
    with Options(entry(body)) as options:
        ttl = options.one("ttl", lambda words: words.integer(minimum=0, maximum=3600), default=5)
        namespaces = options.every("namespaces", Arguments.words)
        hidden = options.flag("hidden")
    return ttl, namespaces, hidden


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("log", (5, (), False), id="no block"),
        pytest.param("log {\n}", (5, (), False), id="empty block"),
        pytest.param("log {\n ttl 7\n}", (7, (), False), id="one"),
        pytest.param("log {\n ttl 7\n ttl 8\n}", (8, (), False), id="the last of one counts"),
        pytest.param(
            "log {\n namespaces a b\n namespaces c\n}", (5, (("a", "b"), ("c",)), False), id="every"
        ),
        pytest.param("log {\n hidden\n}", (5, (), True), id="flag"),
    ],
)
def test_values(body: str, expected: object) -> None:
    assert settings(body) == expected


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(
            "log {\n tll 7\n}", '3:2: unknown option "tll" of "log" (did you mean "ttl"?)', id="misspelt"
        ),
        pytest.param("log {\n qqq\n}", '3:2: unknown option "qqq" of "log"', id="unknown"),
        pytest.param("log {\n ttl 7 8\n}", '3:8: surplus argument "8" after "ttl"', id="surplus"),
        pytest.param(
            "log {\n hidden on\n}", '3:9: surplus argument "on" after "hidden"', id="flag with a word"
        ),
        pytest.param("log {\n hidden {\n }\n}", '3:2: "hidden" takes no block in braces', id="block"),
        pytest.param(
            "log {\n ttl 9999\n}",
            '3:6: "ttl" expects a whole number from 0 to 3600, not "9999"',
            id="wrong value",
        ),
        pytest.param(
            "log {\n ttl 9999\n ttl 5\n}",
            '3:6: "ttl" expects a whole number from 0 to 3600, not "9999"',
            id="wrong value that does not count",
        ),
    ],
)
def test_errors(body: str, error: str) -> None:
    with pytest.raises(CorefileErrors) as caught:
        settings(body)
    assert str(caught.value) == f"Corefile:{error}"


def test_all_mistakes_of_a_block_are_reported() -> None:
    with pytest.raises(CorefileErrors) as caught:
        settings("log {\n nosuch\n ttl x\n hidden 1\n ttl\n}")
    assert [error.position.line for error in caught.value.errors] == [3, 4, 5, 6]


def test_another_exception_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), Options(entry("log {\n nosuch\n}")):
        raise ZeroDivisionError


def test_others_take_what_no_name_asked_for() -> None:
    with Options(entry("log {\n ttl 5\n 10.0.0.1 a b\n 10.0.0.2 c\n}")) as options:
        ttl = options.one("ttl", Arguments.integer, default=0)
        lines = options.others(lambda words: (words.owner.name.text, words.words()))
    assert ttl == 5
    assert lines == (("10.0.0.1", ("a", "b")), ("10.0.0.2", ("c",)))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("log { bare }", id="with the closing brace"),
        pytest.param("log {\n bare bare\n}", id="twice"),
        pytest.param("log {\n bare ttl 7\n}", id="before another option"),
    ],
)
def test_a_bare_flag_may_share_its_line(body: str) -> None:
    with Options(entry(body), bare=["bare"]) as options:
        assert options.flag("bare")
        options.one("ttl", Arguments.integer, default=0)


def test_what_follows_a_bare_flag_is_checked() -> None:
    with (
        pytest.raises(CorefileErrors) as caught,
        Options(entry("log { bare nosuch\n}"), bare=["bare"]) as options,
    ):
        options.flag("bare")
    assert str(caught.value) == 'Corefile:2:12: unknown option "nosuch" of "log"'


def test_options_in_the_order_of_the_file() -> None:
    found = read_options(
        entry("log {\n b 1\n a x\n b 2\n}"),
        {"a": lambda words: words.word(), "b": lambda words: str(words.integer())},
    )
    assert [(option.name.text, value) for option, value in found] == [("b", "1"), ("a", "x"), ("b", "2")]


def test_a_table_reports_all_mistakes() -> None:
    with pytest.raises(CorefileErrors) as caught:
        read_options(entry("log {\n aaa 1\n ab\n}"), {"aab": Arguments.integer, "ab": Arguments.integer})
    assert str(caught.value).splitlines() == [
        'Corefile:3:2: unknown option "aaa" of "log" (did you mean "aab"?)',
        'Corefile:4:2: "ab" expects a whole number, but the end of the line follows',
    ]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        pytest.param(
            "log\nlog",
            '3:1: "log" may be used once per server block, and is at Corefile:2:1 already',
            id="twice",
        ),
        pytest.param("log {\n} x", '3:3: unexpected "x" after the end of "log"', id="words behind the block"),
        pytest.param("log\n{\n}", '3:1: unexpected "{" after the end of "log"', id="brace on the next line"),
    ],
)
def test_once(body: str, error: str) -> None:
    with pytest.raises(CorefileError) as caught:
        once(directive(body))
    assert str(caught.value) == f"Corefile:{error}"


def test_no_block() -> None:
    no_block(entry("log a"))
    with pytest.raises(CorefileError, match=r'^Corefile:2:1: "log" takes no block in braces$'):
        no_block(entry("log a {\n}"))


def required(body: str) -> int:
    with Options(entry(body)) as options:
        options.flag("hidden")
        return options.required("ttl", lambda words: words.integer(minimum=0))


def test_an_option_that_is_required_is_read() -> None:
    assert required("log {\n ttl 7\n hidden\n ttl 8\n}") == 8


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        pytest.param("log", ['2:1: "log" expects the option "ttl" in its block'], id="no block"),
        pytest.param("log {\n hidden\n}", ['2:1: "log" expects the option "ttl" in its block'], id="missing"),
        pytest.param("log {\n ttl x\n}", ['3:6: "ttl" expects a whole number of at least 0'], id="wrong"),
        pytest.param(
            "log {\n hidden 1\n tll 1\n}",
            ['2:1: "log" expects the option "ttl"', "3:9: surplus argument", '4:2: unknown option "tll"'],
            id="with all that is wrong beside",
        ),
    ],
)
def test_an_option_that_is_required_and_not_there_is_said(body: str, errors: list[str]) -> None:
    with pytest.raises(CorefileErrors) as raised:
        required(body)
    said = str(raised.value).splitlines()
    assert [error in line for error, line in zip(errors, said, strict=True)] == [True] * len(errors)
