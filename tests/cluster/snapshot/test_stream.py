"""The stream: what is written is read, and nothing else is."""

from io import BytesIO

import pytest

from clusterdns.cluster import ChangeSet, EndpointSlice, Namespace, ObjectKey, Service
from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.objects import ClusterObject
from clusterdns.cluster.publishing import Published, PublishedChange, PublishedState, TableState
from clusterdns.cluster.serials import Serials
from clusterdns.cluster.snapshot import (
    Change,
    Commit,
    Refusal,
    SnapshotError,
    SnapshotHeader,
    StreamReader,
    StreamWriter,
)
from clusterdns.cluster.snapshot.frames import MOST_CONTENT, read_frames, write_frame
from clusterdns.cluster.snapshot.records import COMMIT, HEADER, encode
from clusterdns.cluster.snapshot.stream import BATCH, BATCH_OCTETS, MOST_ROWS, NAME, VERSION

HEAD = SnapshotHeader(fingerprint="ours", as_of=1_700_000_000.5)
WRITER = StreamWriter(no_yield)
START = WRITER.header(HEAD)


def changes_of(stream: bytes) -> list[Change]:
    return list(StreamReader(BytesIO(stream), no_yield).changes())


def snapshot(objects: tuple[ClusterObject, ...]) -> bytes:
    return START + b"".join(WRITER.change(0, objects))


def test_objects_of_every_kind_come_back(objects: tuple[ClusterObject, ...]) -> None:
    (change,) = changes_of(snapshot(objects))
    assert len({type(item) for item in objects}) == 5
    assert change == Change(ChangeSet(put=objects), Commit(number=0, put=len(objects)))


def test_the_header_comes_back() -> None:
    assert StreamReader(BytesIO(START), no_yield).header == HEAD


def test_an_empty_snapshot_is_one_too() -> None:
    assert changes_of(snapshot(())) == [Change(ChangeSet(), Commit(number=0, put=0))]


def test_numbered_changes_follow_with_the_rows_they_touch() -> None:
    put = (Service(namespace="shop", name="web", version="7"),)
    removed = (ObjectKey(EndpointSlice, "shop", "web-1"), ObjectKey(Namespace, "", "old"))
    rows = (("service", "shop", "web"), ("service-ip", b"\x0a\x60\x00\x01"))
    stream = snapshot(()) + b"".join(WRITER.change(8, put, removed=removed, rows=rows))
    assert changes_of(stream)[1] == Change(
        ChangeSet(put=put, removed=removed), Commit(number=8, put=1, removed=2, rows=rows)
    )


SHOP = ChangeSet(put=(Namespace(name="shop"),))


@pytest.mark.parametrize(
    "published",
    [
        pytest.param(PublishedChange(7, SHOP, None, Serials(cluster=9, external=8)), id="all-rows"),
        pytest.param(PublishedChange(7, SHOP, (), Serials()), id="no-rows"),
        pytest.param(
            PublishedChange(
                7,
                ChangeSet(removed=(ObjectKey(Service, "shop", "web"),)),
                (frozenset({("service", "shop", "web"), b"endpoint-ip\x0a\0\0\1", ("synced",)}),),
                Serials(),
            ),
            id="rows",
        ),
        pytest.param(PublishedState(7, TableState(synced=True, complaints=("a", "b"))), id="state"),
        pytest.param(PublishedState(7, TableState(stale=True, from_snapshot=True)), id="stale"),
    ],
)
def test_what_a_table_publishes_comes_back(published: Published) -> None:
    stream = START + b"".join(WRITER.published(published))
    assert list(StreamReader(BytesIO(stream), no_yield).published()) == [published]


def test_a_change_that_touches_very_many_rows_counts_as_touching_all() -> None:
    half = MOST_ROWS // 2
    portions = tuple(frozenset(range(start, start + half)) for start in (0, half))
    for rows, named in ((portions, True), ((*portions, frozenset({-1})), False)):
        stream = START + b"".join(WRITER.published(PublishedChange(7, SHOP, rows, Serials())))
        (change,) = changes_of(stream)
        assert (change.commit.rows is not None) is named


def test_big_changes_are_written_in_batches_with_a_yield_after_each() -> None:
    yields: list[None] = []
    objects = tuple(Service(namespace="shop", name=f"s{index}") for index in range(3 * BATCH + 1))
    pieces = list(StreamWriter(lambda: yields.append(None)).change(0, objects))
    assert len(yields) == 4
    (change,) = changes_of(START + b"".join(pieces))
    assert change.changes.put == objects


def test_a_batch_of_large_objects_is_bounded_in_octets() -> None:
    large = tuple(
        EndpointSlice(namespace="shop", name=f"web-{number}", packed=bytes(BATCH_OCTETS))
        for number in range(4)
    )
    frames = list(read_frames(BytesIO(snapshot(large)[len(NAME) + 1 :])))
    assert max(len(frame.content) for frame in frames) < BATCH_OCTETS * 2
    assert changes_of(snapshot(large))[0].changes.put == large


def test_equal_values_are_shared_among_the_objects_read() -> None:
    objects = tuple(
        EndpointSlice(namespace="a-namespace", name=f"s{n}", packed=pack([Endpoint(addresses=(bytes(4),))]))
        for n in range(2)
    )
    ((one, two), _) = changes_of(snapshot(objects))[0].changes.put, None
    assert one.namespace is two.namespace


class TestDamage:
    def test_cut_anywhere_it_is_refused(self, objects: tuple[ClusterObject, ...]) -> None:
        whole = snapshot(objects)
        for size in range(len(whole)):
            if size == len(START):
                assert changes_of(whole[:size]) == []
                continue
            with pytest.raises(SnapshotError) as caught:
                changes_of(whole[:size])
            assert caught.value.refusal is Refusal.DAMAGED

    def test_any_flipped_bit_is_noticed(self, objects: tuple[ClusterObject, ...]) -> None:
        whole = snapshot(objects)
        for place in range(len(whole)):
            spoiled = bytearray(whole)
            spoiled[place] ^= 1 << place % 8
            with pytest.raises(SnapshotError):
                changes_of(bytes(spoiled))

    @pytest.mark.parametrize(
        ("stream", "sentence"),
        [
            pytest.param(b"", "it is no snapshot at all", id="empty"),
            pytest.param(b"apiVersion: v1\nkind: List\n", "it is no snapshot at all", id="another-file"),
            pytest.param(START[:8], "it has no header", id="no-header"),
            pytest.param(
                START[:8] + write_frame(COMMIT, encode(Commit(number=0, put=0))),
                "it has no header",
                id="commit-first",
            ),
            pytest.param(START + START[8:], "a second header", id="two-headers"),
            pytest.param(
                START + (MOST_CONTENT + 1).to_bytes(4, "big") + bytes(5),
                "a frame of 16777217 octets",
                id="frame-too-long",
            ),
            pytest.param(START + write_frame(b"?", b""), "the unknown kind b'?'", id="unknown-kind"),
            pytest.param(START + write_frame(b"S", b"\xc1"), "cannot be read", id="no-msgpack"),
            pytest.param(START + write_frame(b"S", encode([{"name": 1}])), "cannot be read", id="wrong-type"),
            pytest.param(
                START + write_frame(b"D", encode([[b"?", "", "x"]])),
                "a removed object of the unknown kind",
                id="unknown-removed",
            ),
            pytest.param(
                START + write_frame(COMMIT, encode(Commit(number=0, put=1))),
                "change 0 has 0 objects and 0 removals, expected 1 and 0",
                id="objects-missing",
            ),
            pytest.param(
                START + WRITER.state(PublishedState(1, TableState())), "it has a state", id="state-in-a-file"
            ),
            pytest.param(
                START + next(WRITER.change(1, SHOP.put)) + WRITER.state(PublishedState(2, TableState())),
                "a state within a change",
                id="state-in-a-change",
            ),
        ],
    )
    def test_the_sentence_says_what(self, stream: bytes, sentence: str) -> None:
        with pytest.raises(SnapshotError) as caught:
            changes_of(stream)
        assert caught.value.refusal is Refusal.DAMAGED
        assert str(caught.value).startswith("damaged: ")
        assert sentence in str(caught.value)


def test_changes_before_the_broken_one_are_whole() -> None:
    stream = snapshot(()) + b"".join(WRITER.change(1, (Namespace(name="a"),)))
    reader = StreamReader(BytesIO(stream[:-1]), no_yield).changes()
    assert next(reader).commit.number == 0
    with pytest.raises(SnapshotError):
        next(reader)


def test_another_version_of_the_format_is_foreign() -> None:
    with pytest.raises(SnapshotError, match=f"version {VERSION + 1} of the format") as caught:
        changes_of(NAME + bytes((VERSION + 1,)) + START[8:])
    assert caught.value.refusal is Refusal.FOREIGN


def test_fields_of_later_versions_are_skipped() -> None:
    header = write_frame(HEADER, encode({"fingerprint": "ours", "as_of": 1.0, "mood": "good"}))
    assert StreamReader(BytesIO(START[:8] + header), no_yield).header.fingerprint == "ours"
