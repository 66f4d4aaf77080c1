"""Names: RFC 1035 sections 3.1 and 5.1, RFC 4343."""

import pytest

from clusterdns.dns.name import ROOT, Name

TEXT_AND_WIRE = [
    pytest.param(".", b"\0", id="root"),
    pytest.param("local.", b"\x05local\0", id="one label"),
    pytest.param("web.Shop.", b"\x03web\x04Shop\0", id="spelling is kept"),
    pytest.param("_http._tcp.web.", b"\x05_http\x04_tcp\x03web\0", id="underscores"),
    pytest.param("a\\.b.c.", b"\x03a.b\x01c\0", id="dot inside a label"),
    pytest.param("\\000\\255\\032.", b"\x03\x00\xff\x20\0", id="octets by number"),
    pytest.param('\\\\\\".', b'\x02\\"\0', id="backslash and quote"),
]


@pytest.mark.parametrize(("text", "wire"), TEXT_AND_WIRE)
def test_text_and_wire_form_are_the_same_name(text: str, wire: bytes) -> None:
    assert Name.from_text(text).wire == wire
    assert Name(wire).to_text() == text


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        pytest.param("", b"\0", id="empty is the root"),
        pytest.param("web", b"\x03web\0", id="no final dot"),
        pytest.param("\\w\\065.", b"\x02wA\0", id="needless escapes"),
        pytest.param("a\\.b", b"\x03a.b\0", id="escaped dot, no final dot"),
        pytest.param("\xe9.", b"\x01\xe9\0", id="Latin-1"),
    ],
)
def test_text_may_be_written_in_other_ways(text: str, wire: bytes) -> None:
    assert Name.from_text(text).wire == wire


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("..", id="two dots"),
        pytest.param("a..b", id="empty label"),
        pytest.param(".a", id="leading dot"),
        pytest.param("\\065..b", id="empty label, escapes"),
        pytest.param("a" * 64, id="label of 64 octets"),
        pytest.param(".".join(["a" * 63] * 4), id="name of 257 octets"),
        pytest.param("\\256", id="no octet"),
        pytest.param("\\25", id="two digits"),
        pytest.param("a\\", id="backslash at the end"),
        pytest.param("\u20ac", id="beyond Latin-1"),
    ],
)
def test_text_that_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the texts differ
        Name.from_text(text)


def test_rfc1035_2_3_4_limits_are_63_and_255_octets() -> None:
    longest = Name.from_labels([b"a" * 63, b"b" * 63, b"c" * 63, b"d" * 61])
    assert len(longest.wire) == 255
    assert Name.from_text(longest.to_text()) == longest


def test_rfc4343_names_compare_without_case_and_keep_their_spelling() -> None:
    upper, lower = Name.from_text("WEB.Shop."), Name.from_text("web.shop.")
    assert upper == lower
    assert hash(upper) == hash(lower)
    assert str(upper) == "WEB.Shop."
    assert upper != Name.from_text("web.shop.local.")
    assert upper != "web.shop."


def test_rfc4343_only_ascii_letters_have_case() -> None:
    assert Name.from_labels([b"\xc9"]) != Name.from_labels([b"\xe9"])
    assert Name.from_labels([b"["]) != Name.from_labels([b"{"])


@pytest.mark.parametrize(
    ("name", "zone", "below"),
    [
        pytest.param("a.B.zone.", "zone.", (b"a", b"b"), id="two labels below, in lower case"),
        pytest.param("ZONE.", "zone.", (), id="the zone itself"),
        pytest.param("zone.", "a.zone.", None, id="above"),
        pytest.param("myzone.", "zone.", None, id="end of a label"),
        pytest.param("a.", ".", (b"a",), id="below the root"),
        pytest.param("\\004zone.", "zone.", None, id="a label that looks like a zone"),
    ],
)
def test_labels_below_a_zone(name: str, zone: str, below: tuple[bytes, ...] | None) -> None:
    asked = Name.from_text(name)
    assert asked.labels_below(Name.from_text(zone)) == below
    assert asked.is_subdomain_of(Name.from_text(zone)) == (below is not None)


def test_a_suffix_keeps_the_spelling() -> None:
    zone = Name.from_text("cluster.local.")
    assert str(Name.from_text("web.Cluster.LOCAL.").suffix(len(zone.wire))) == "Cluster.LOCAL."


def test_parents_end_at_the_root() -> None:
    assert Name.from_text("a.b.").parent() == Name.from_text("b.")
    assert Name.from_text("b.").parent() == ROOT
    assert ROOT.parent() is ROOT
    assert ROOT.is_root
    assert not Name.from_text("b.").is_root


def test_prefixing_checks_the_length() -> None:
    assert Name.from_text("b.").prefixed(b"_x", b"a").to_text() == "_x.a.b."
    with pytest.raises(ValueError, match="255"):
        Name.from_labels([b"a" * 63] * 3).prefixed(b"b" * 62)


def test_labels_are_as_spelled() -> None:
    assert Name.from_text("A.b.").labels == (b"A", b"b")
    assert repr(Name.from_text("A.b.")) == "Name('A.b.')"
