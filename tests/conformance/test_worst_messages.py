"""The dearest messages there are: answered in a line, like any other. Their cost is measured in bench/."""

import pytest

from testbed.asking import Ask
from testbed.background import Background
from testbed.wire import query
from testbed.worst_cases import worst_queries

MOST_IN_DATAGRAM = 65507
WORST = worst_queries()
RCODES = {"an UPDATE of 5,950 tiny records": "NOTIMP"}
READABLE = {
    "16,000 options",
    "65,000 empty strings",
    "strings of all sizes",
    "strings in four records",
    "one large record",
    "65,000 octets behind the message",
    "127 labels",
}
"""What is right, if unusual: refused only for its name."""


@pytest.mark.parametrize("text", [text for text in WORST if "response" not in text])
def test_a_short_reply(ask: Ask, text: str) -> None:
    answer = ask(WORST[text])
    assert answer.rcode == RCODES.get(text, "REFUSED" if text in READABLE else "FORMERR")
    assert len(answer.octets) <= 300
    assert answer.counts[1:3] == (0, 0)


def test_no_reply_to_a_response(remembering: Background) -> None:
    response = WORST["a response of 5,950 tiny records"]
    (reply,) = remembering.tcp_replies([response, query("cluster.local", 6)], replies=1)
    assert reply[3] & 15 == 0
    assert remembering.is_silent(response)


def test_each_fits_into_a_datagram() -> None:
    assert max(map(len, WORST.values())) <= MOST_IN_DATAGRAM
