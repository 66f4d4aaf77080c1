"""From chunks to documents, one a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.api.framing import HELD_OF_OVERSIZED, Document, Lines, Oversized


def fed(lines: Lines, *chunks: bytes) -> list[Document]:
    return [document for chunk in chunks for document in lines.feed(chunk)]


@pytest.mark.parametrize(
    ("chunks", "documents"),
    [
        pytest.param([b'{"a":1}\n'], [b'{"a":1}'], id="one"),
        pytest.param([b"1\n2\n3\n"], [b"1", b"2", b"3"], id="many-in-a-chunk"),
        pytest.param([b"1\n2", b"3\n"], [b"1", b"23"], id="over-two-chunks"),
        pytest.param([b"1", b"2", b"3\n"], [b"123"], id="over-three-chunks"),
        pytest.param([b"1", b"\n"], [b"1"], id="line-end-alone"),
        pytest.param([b"\n\r\n \n1\n"], [b"1"], id="empty-lines-are-none"),
        pytest.param([b"1\n2"], [b"1"], id="what-is-not-complete-waits"),
    ],
)
def test_documents_are_cut_at_line_feeds(chunks: list[bytes], documents: list[bytes]) -> None:
    assert fed(Lines(), *chunks) == documents


@given(st.lists(st.binary(min_size=1).filter(lambda one: b"\n" not in one and not one.isspace())), st.data())
def test_where_chunks_end_does_not_matter(documents: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(one + b"\n" for one in documents)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    chunks = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert fed(Lines(), *chunks) == documents


def test_a_document_at_the_bound_passes_and_of_one_over_it_the_beginning() -> None:
    assert fed(Lines(largest=10), b"x" * 6, b"x" * 4, b"\n") == [b"x" * 10]
    over = Oversized(head=b"x" * 6 + b"y" * 5, size=11)
    assert fed(Lines(largest=10), b"x" * 6, b"y" * 5, b"\n") == [over]
    assert fed(Lines(largest=10), over.head + b"\n2\n") == [over, b"2"]


@pytest.mark.parametrize("size", [50, 4096, 150_000, 1_000_000])
def test_what_is_over_the_bound_is_not_held_and_what_follows_comes(size: int) -> None:
    lines, text = Lines(largest=100_000), b"1\n" + b"x" * 200_000 + b"\n2\n"
    documents = []
    for start in range(0, len(text), size):
        documents += lines.feed(text[start : start + size])
        assert sum(map(len, lines._parts)) <= 100_000
    assert documents == [b"1", Oversized(head=b"x" * HELD_OF_OVERSIZED, size=200_000), b"2"]


def test_the_bound_is_for_a_document_not_for_all() -> None:
    assert len(fed(Lines(largest=10), *[b"123456789\n"] * 5)) == 5


def test_what_is_pending_is_known() -> None:
    lines = Lines()
    lines.feed(b"1\n234")
    assert lines.pending == 3
    lines.feed(b"\n")
    assert lines.pending == 0
