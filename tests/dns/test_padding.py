"""Padding a message to a multiple of a block (RFC 7830, RFC 8467 section 4.1)."""

import pytest

from clusterdns.dns.edns import Edns, ExtendedError, OptionCode
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import TXT
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message

NAME = Name.from_text("a.example.")
BLOCK = 468


def message(octets: int, edns: Edns) -> Message:
    """A message with a record of so many octets of text."""
    answer = (RRset(NAME, 5, (TXT((b"x" * 255,) * (octets // 256) + (b"y" * (octets % 256),)),)),)
    return Message(id=1, flags=0x8000, question=(Question(NAME, 16),), answer=answer, edns=edns)


@pytest.mark.parametrize("octets", [*range(380, 480), 5000, 40_000])
def test_every_size_becomes_a_whole_number_of_blocks_and_not_one_too_many(octets: int) -> None:
    bare = len(write_message(message(octets, Edns())))
    padded = write_message(message(octets, Edns(padding=BLOCK)))
    assert len(padded) % BLOCK == 0
    assert bare + 4 <= len(padded) < bare + 4 + BLOCK
    edns = read_message(padded).edns
    assert edns is not None
    assert edns.option(OptionCode.PADDING) == bytes(len(padded) - bare - 4)


def test_it_stands_behind_the_other_options() -> None:
    options = (ExtendedError(0, "a reason").to_option(),)
    edns = read_message(write_message(message(1, Edns(options=options, padding=BLOCK)))).edns
    assert edns is not None
    assert [option.code for option in edns.options] == [OptionCode.EXTENDED_ERROR, OptionCode.PADDING]


@pytest.mark.parametrize("limit", [80, 90, 200, 467])
def test_what_has_a_limit_is_padded_up_to_that_at_most(limit: int) -> None:
    bare = len(write_message(message(10, Edns()), limit=limit))
    padded = write_message(message(10, Edns(padding=BLOCK)), limit=limit)
    assert len(padded) == max(bare, limit)


def test_a_message_as_long_as_can_be_stays_one() -> None:
    padded = write_message(message(65_000, Edns(padding=60_000)))
    assert len(padded) == 65_535
    assert read_message(padded).edns is not None


def test_without_a_wish_there_is_none() -> None:
    edns = read_message(write_message(message(10, Edns()))).edns
    assert edns is not None
    assert edns.options == ()
