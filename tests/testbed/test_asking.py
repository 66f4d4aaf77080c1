"""The second reply to a packet: equal to the first one, but for the data of an answer that is cut."""

import pytest

from testbed.asking import Answer, check_again
from testbed.wire import opt, option, packet, question, record

TRUNCATED = 0x8600
WHOLE = 0x8400


def reply(*addresses: str, bits: int, owner: str = "web.org", cookie: bytes = bytes(8)) -> Answer:
    return Answer(
        packet(
            question("web.org"),
            bits=bits,
            answer=[record(owner, data=bytes(map(int, address.split(".")))) for address in addresses],
            additional=[opt(options=option(10, cookie))],
        )
    )


def test_what_is_cut_may_begin_somewhere_else() -> None:
    first = reply("192.0.2.1", "192.0.2.2", bits=TRUNCATED)
    check_again(first, reply("192.0.2.2", "192.0.2.3", bits=TRUNCATED))


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(reply("192.0.2.1", bits=WHOLE), id="flags"),
        pytest.param(reply("192.0.2.1", bits=TRUNCATED, owner="www.org"), id="owner"),
        pytest.param(reply("192.0.2.1", bits=TRUNCATED, cookie=bytes(16)), id="option"),
        pytest.param(reply(bits=TRUNCATED), id="empty"),
    ],
)
def test_and_is_equal_in_all_else(again: Answer) -> None:
    with pytest.raises(AssertionError, match="became"):
        check_again(reply("192.0.2.1", bits=TRUNCATED), again)


def test_what_is_whole_stays_as_it_is() -> None:
    first = reply("192.0.2.1", "192.0.2.2", bits=WHOLE)
    check_again(first, reply("192.0.2.1", "192.0.2.2", bits=WHOLE))
    with pytest.raises(AssertionError, match="became"):
        check_again(first, reply("192.0.2.2", "192.0.2.1", bits=WHOLE))
