"""Snapshots whose checksums fit and whose content does not: refused with a word, and nothing else happens."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from clusterdns.cluster.endpoint import Endpoint, pack, unpack
from clusterdns.cluster.manifests.yielding import no_yield
from clusterdns.cluster.objects import ClusterObject
from clusterdns.cluster.packed import is_packed
from clusterdns.cluster.snapshot import Refusal, SnapshotError, SnapshotSettings, read_snapshot
from clusterdns.cluster.snapshot.frames import write_frame
from clusterdns.cluster.snapshot.records import COMMIT, HEADER, REMOVED
from clusterdns.cluster.snapshot.soundness import check_objects
from clusterdns.cluster.snapshot.stream import NAME, VERSION

NOW = 1_700_000_000.0
encode = msgspec.msgpack.encode

SERVICE = {"namespace": "shop", "name": "web"}
RECORD = pack(
    [
        Endpoint(addresses=(b"\x0a\x00\x00\x01",), hostname="a", zone="z", zone_hints=("z", "y")),
        Endpoint(addresses=(b"\x0a\x00\x00\x02", b"\x0a\x00\x00\x03"), ready=False, pod="ä" * 200),
        Endpoint(addresses=(b"\xfd" + bytes(15),), ready=False),
    ]
)


def snapshot(
    *frames: tuple[bytes, bytes], header: Any = None, commit: Any = None, version: int = VERSION
) -> bytes:
    """A stream with right checksums, whatever is in it."""
    head = {"fingerprint": "ours", "as_of": NOW} if header is None else header
    end = {"number": 0, "put": len(frames)} if commit is None else commit
    framed = [(HEADER, encode(head)), *frames, (COMMIT, encode(end))]
    return NAME + bytes((version,)) + b"".join(write_frame(*frame) for frame in framed)


def service(**fields: Any) -> tuple[bytes, bytes]:
    return b"S", encode([SERVICE | fields])


def slice_of(**fields: Any) -> tuple[bytes, bytes]:
    return b"E", encode([{"namespace": "shop", "name": "web-1", "service": "web"} | fields])


CASES = [
    pytest.param(snapshot(service(name=7)), "cannot be read", id="name-is-a-number"),
    pytest.param(snapshot(service(name=b"web")), "cannot be read", id="name-is-octets"),
    pytest.param(snapshot(service(name="")), "is not as it was written", id="name-is-empty"),
    pytest.param(snapshot(service(name="Web")), "is not as it was written", id="name-in-capitals"),
    pytest.param(snapshot(service(name="a" * 254)), "is not as it was written", id="name-too-long"),
    pytest.param(snapshot(service(name="a\0b")), "is not as it was written", id="name-with-a-zero"),
    pytest.param(snapshot(service(namespace="")), "is not as it was written", id="no-namespace"),
    pytest.param(
        snapshot((b"S", b"\x91\x82" + encode("name") + b"\xa1\xff" + encode("namespace") + encode("a"))),
        "cannot be read",
        id="name-is-no-utf-8",
    ),
    pytest.param(snapshot(service(cluster_ips=[b"\x0a\x00\x01"])), "is not as", id="address-of-three-octets"),
    pytest.param(snapshot(service(cluster_ips=[b""])), "is not as it was written", id="address-of-none"),
    pytest.param(snapshot(service(cluster_ips=["10.0.0.1"])), "cannot be read", id="address-as-text"),
    pytest.param(snapshot(service(cluster_ips=7)), "cannot be read", id="addresses-are-a-number"),
    pytest.param(
        snapshot(service(ports=[{"name": "p", "number": 65536}])),
        "is not as it was written",
        id="port-too-great",
    ),
    pytest.param(snapshot(service(ports=[{"name": "p", "number": -1}])), "is not as", id="port-below-none"),
    pytest.param(
        snapshot(service(ports=[{"name": "p", "number": 1 << 63}])), "is not as", id="port-beyond-64-bits"
    ),
    pytest.param(
        snapshot(service(external=["x" * 5000])), "is not as it was written", id="external-too-long"
    ),
    pytest.param(snapshot(service(version="x" * 5000)), "is not as it was written", id="version-too-long"),
    pytest.param(
        snapshot((b"P", encode([SERVICE | {"addresses": [b"x"]}]))),
        "is not as it was written",
        id="pod-address",
    ),
    pytest.param(
        snapshot((b"I", encode([SERVICE | {"cluster_ips": [b"x"]}]))), "is not as", id="import-address"
    ),
    pytest.param(snapshot((b"N", encode([{"name": "A"}]))), "is not as it was written", id="namespace"),
    pytest.param(snapshot(slice_of(service="a b")), "is not as it was written", id="label-with-a-space"),
    pytest.param(snapshot(slice_of(packed=b"\0")), "is not as it was written", id="endpoints-of-one-octet"),
    pytest.param(snapshot(slice_of(packed=b"\xff\xff\0")), "is not as", id="endpoints-of-absurd-length"),
    pytest.param(snapshot(slice_of(packed=RECORD[:-1])), "is not as it was written", id="endpoints-cut-off"),
    pytest.param(snapshot(service(), service()), "Service shop/web is there twice", id="twice"),
    pytest.param(snapshot((b"Z", b"")), "unknown kind", id="unknown-kind"),
    pytest.param(snapshot((b"S", b"\xdd\xff\xff\xff\xff")), "cannot be read", id="four-billion-objects"),
    pytest.param(
        snapshot((b"S", b"\x91\x81" + encode("later") + b"\x91" * 100_000)), "cannot be read", id="nested"
    ),
    pytest.param(
        snapshot(commit={"number": 0, "put": 0, "rows": [[[[[]]]]] * 3, "removed": 1}),
        "expected 0 and 1",
        id="rows",
    ),
    pytest.param(
        snapshot((REMOVED, encode([[b"S", "a", "b"]])), commit={"number": 0, "put": 0, "removed": 1}),
        "removes objects",
        id="removals",
    ),
    pytest.param(
        snapshot((REMOVED, encode([[b"X", "a", "b"]])), commit={"number": 0, "put": 0, "removed": 1}),
        "unknown kind",
        id="removal-of-an-unknown-kind",
    ),
    pytest.param(snapshot(header={"fingerprint": 7, "as_of": NOW}), "cannot be read", id="fingerprint"),
    pytest.param(snapshot(header={"fingerprint": "ours"}), "cannot be read", id="no-time"),
    pytest.param(
        snapshot(header={"fingerprint": "ours", "as_of": float("nan")}), "its time is no number", id="time"
    ),
    pytest.param(snapshot() + b"\xff\xff\xff\xff" * 3, "a frame of 4294967295 octets", id="huge-frame"),
]


@pytest.mark.parametrize(("octets", "sentence"), CASES)
def test_what_is_not_as_it_was_written_is_refused(octets: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(octets)
    path.chmod(0o600)
    settings = SnapshotSettings(path=str(path), fingerprint="ours")
    with pytest.raises(SnapshotError, match=sentence) as caught:
        read_snapshot(settings, now=NOW, yield_to_loop=no_yield)
    assert caught.value.refusal is Refusal.DAMAGED


def test_one_of_a_later_version_is_foreign(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(snapshot(version=VERSION + 1))
    path.chmod(0o600)
    with pytest.raises(SnapshotError, match="written in version") as caught:
        read_snapshot(SnapshotSettings(path=str(path), fingerprint="ours"), now=NOW, yield_to_loop=no_yield)
    assert caught.value.refusal is Refusal.FOREIGN


def test_objects_of_every_kind_are_sound(objects: tuple[ClusterObject, ...]) -> None:
    check_objects(objects, no_yield)


def test_endpoints_are_whole_or_none() -> None:
    assert is_packed(RECORD, no_yield)
    cuts = [length for length in range(1, len(RECORD)) if is_packed(RECORD[:length], no_yield)]
    assert len(cuts) == 2  # where its blocks end
    assert not is_packed(RECORD + RECORD[1:], no_yield)
    assert is_packed(b"", no_yield)


def test_endpoints_with_an_octet_changed_are_found_out_or_can_be_read() -> None:
    for place in range(len(RECORD)):
        for change in (0x01, 0x02, 0x80, 0xFF):
            packed = RECORD[:place] + bytes((RECORD[place] ^ change,)) + RECORD[place + 1 :]
            if is_packed(packed, no_yield):
                assert len(unpack(packed)) == 3
