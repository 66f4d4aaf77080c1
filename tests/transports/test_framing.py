"""Messages are found in a byte stream wherever it is cut."""

import pytest

from clusterdns.transports.framing import Frames, framed

MESSAGES = [b"first message", b"", b"x" * 600, b"last"]
STREAM = b"".join(map(framed, MESSAGES))


def taken(frames: Frames) -> list[bytes]:
    return list(iter(frames.next, None))


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_a_stream_cut_anywhere_gives_the_same_messages(cut: int) -> None:
    frames = Frames()
    frames.feed(STREAM[:cut])
    before = taken(frames)
    frames.feed(STREAM[cut:])
    assert before + taken(frames) == MESSAGES
    assert len(frames) == 0


def test_octet_by_octet() -> None:
    frames = Frames()
    found: list[bytes] = []
    for octet in STREAM:
        frames.feed(bytes([octet]))
        found += taken(frames)
    assert found == MESSAGES


def test_length_counts_what_is_held() -> None:
    frames = Frames()
    frames.feed(framed(b"whole") + b"\0")
    assert len(frames) == 8
    frames.next()
    assert len(frames) == 1


def test_the_longest_message() -> None:
    frames = Frames()
    frames.feed(framed(b"m" * 65535))
    assert frames.next() == b"m" * 65535
