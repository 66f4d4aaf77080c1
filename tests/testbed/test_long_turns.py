"""Turns that took too long are read out of a log, and reported by what held them up."""

import logging
from logging.handlers import BufferingHandler

import pytest

from clusterdns.telemetry.lines import LineFormatter
from clusterdns.telemetry.stacks import Place
from clusterdns.telemetry.turn_log import LongTurn as Logged
from clusterdns.telemetry.turn_log import TurnLog
from testbed.long_turns import LongTurn, collected, report, turns_in


def logged(*, seconds: float, function: str = "", has_ended: bool = True) -> list[logging.LogRecord]:
    """What the log of a server gets for a turn."""
    handler = BufferingHandler(capacity=10)
    logger = logging.getLogger("clusterdns.telemetry.turn_log")
    logger.addHandler(handler)
    stack = (Place("clusterdns.answering.chain", "run", 3), Place("plugin", function, 7)) if function else ()
    turn = Logged(stack=stack, seconds=seconds, processor_seconds=seconds / 2, has_ended=has_ended)
    TurnLog({"plugin": "sleepy"}, quiet=0.0).write(turn, now=0.0)
    logger.removeHandler(handler)
    return handler.buffer


@pytest.mark.parametrize(
    ("seconds", "function", "has_ended", "turn"),
    [
        pytest.param(
            0.02,
            "f",
            True,
            LongTurn(lasted=20, computed=10, stack=("clusterdns.answering.chain:3 run", "plugin:7 f")),
            id="with a stack",
        ),
        pytest.param(0.02, "", True, LongTurn(lasted=20, computed=10, stack=()), id="without"),
        pytest.param(2.0, "", False, LongTurn(lasted=2000, computed=1000, stack=()), id="not ended"),
    ],
)
def test_a_turn_is_read_from_the_line_that_tells_of_it(
    seconds: float, function: str, *, has_ended: bool, turn: LongTurn
) -> None:
    records = logged(seconds=seconds, function=function, has_ended=has_ended)
    lines = [LineFormatter().format(record) for record in records]
    assert list(turns_in("\n".join(["[INFO] before", *lines, "[INFO] after", *lines]))) == [turn, turn]
    assert list(turns_in("[INFO] a log\n  with an indented line\n")) == []


def test_turns_of_this_process_are_collected() -> None:
    with collected() as turns:
        logged(seconds=0.02, function="f")
    logged(seconds=0.02, function="f")
    assert [turn.function for turn in turns] == ["plugin f"]


def test_a_report_groups_turns_by_function_the_longest_first() -> None:
    turns = [
        LongTurn(lasted=11, computed=11, stack=("a:1 f",)),
        LongTurn(lasted=15, computed=2, stack=("b:1 run", "a:2 f")),
        LongTurn(lasted=20, computed=20, stack=()),
    ]
    assert list(report(turns)) == [
        "1 turn over 10 ms: 20 ms at most, computing for 20 ms at most",
        "    nothing was seen of it",
        "2 turns over 10 ms: 15 ms at most, computing for 11 ms at most",
        "    b:1 run",
        "    a:2 f",
    ]
