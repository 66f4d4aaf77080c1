"""Durations as Go's time.ParseDuration takes them."""

import pytest

from clusterdns.corefile.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("-0", 0.0),
        ("5s", 5.0),
        ("+5s", 5.0),
        ("-5s", -5.0),
        ("1m30s", 90.0),
        ("1h1m1s", 3661.0),
        ("100ms", 0.1),
        ("250us", 250e-6),
        ("250µs", 250e-6),
        ("250μs", 250e-6),
        ("7ns", 7e-9),
        ("1.5h", 5400.0),
        (".5s", 0.5),
        ("5.s", 5.0),
        ("1s1s", 2.0),
        ("0s", 0.0),
    ],
)
def test_legal(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "s",
        "-",
        "+",
        ".s",
        "5 s",
        "5S",
        "1d",
        "1m30",
        "--5s",
        "5s ",
        "\N{ARABIC-INDIC DIGIT FIVE}s",
        "1_0s",
        "0x5s",
        "300000h" * 9,
    ],
)
def test_illegal(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_duration(text)


def test_a_duration_is_less_than_292_years() -> None:
    assert parse_duration("2500000h") > 0
    with pytest.raises(ValueError, match="2600000h"):
        parse_duration("2600000h")
