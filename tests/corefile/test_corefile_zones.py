"""The text of a zone, in keys and in arguments."""

import pytest

from clusterdns.corefile.zones import InvalidZone, parse_zone

LONGEST_LABEL = "x" * 63
LONGEST_ZONE = ".".join([LONGEST_LABEL] * 3 + ["y" * 61])


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        pytest.param(".", ".", id="root"),
        pytest.param("example.org", "example.org.", id="made absolute"),
        pytest.param("example.org.", "example.org.", id="absolute already"),
        pytest.param("Example.ORG", "example.org.", id="lower case"),
        pytest.param("\\065.b", "a.b.", id="escaped letters are lower-cased too"),
        pytest.param("a\\.b", "a\\.b.", id="escaped dot"),
        pytest.param("a b", "a\\032b.", id="space"),
        pytest.param("é", "\\195\\169.", id="other letters as octets of UTF-8"),
        pytest.param(LONGEST_LABEL, LONGEST_LABEL + ".", id="label of 63 octets"),
        pytest.param(LONGEST_ZONE, LONGEST_ZONE + ".", id="zone of 255 octets"),
        pytest.param("\\065" * 63, "a" * 63 + ".", id="an escape is one octet"),
        pytest.param("foo://a", "foo://a.", id="an unknown scheme is part of the name"),
        pytest.param("DNS://a", "dns://a.", id="schemes are lower case"),
    ],
)
def test_names(text: str, zone: str) -> None:
    assert parse_zone(text).zones == (zone,)


@pytest.mark.parametrize("scheme", ["dns", "tls", "quic", "grpc", "https", "https3"])
def test_schemes(scheme: str) -> None:
    zone = parse_zone(f"{scheme}://example.org:1053")
    assert (zone.scheme, zone.zones, zone.port) == (scheme, ("example.org.",), 1053)


def test_without_a_scheme_it_is_dns() -> None:
    assert parse_zone("example.org").scheme == "dns"


@pytest.mark.parametrize(
    ("text", "port"),
    [
        pytest.param("a", None, id="none"),
        pytest.param("a:0", 0, id="any free one"),
        pytest.param("a:65535", 65535, id="largest"),
        pytest.param("a:+53", 53, id="sign"),
        pytest.param("a:0053", 53, id="leading zeros"),
        pytest.param("a:-0", 0, id="negative zero"),
    ],
)
def test_ports(text: str, port: int | None) -> None:
    zone = parse_zone(text)
    assert (zone.port, zone.zones, zone.oddity) == (port, ("a.",), "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "it is empty", id="empty"),
        pytest.param("dns://", "it is empty", id="scheme alone"),
        pytest.param("a:", "nothing follows the last colon", id="trailing colon"),
        pytest.param(":53", "there is no zone in front of the port", id="port alone"),
        pytest.param("a:65536", "a port is a number from 0 to 65535", id="port too large"),
        pytest.param("a:-1", "a port is a number from 0 to 65535", id="negative port"),
        pytest.param("a..b", "it has an empty label", id="two dots"),
        pytest.param(".a", "it has an empty label", id="leading dot"),
        pytest.param("..", "it has an empty label", id="two dots alone"),
        pytest.param("a\\", "a backslash escapes nothing", id="trailing backslash"),
        pytest.param("x" * 64, "a label has at most 63 octets", id="label of 64 octets"),
        pytest.param("é" * 32, "a label has at most 63 octets", id="octets count, not characters"),
        pytest.param(LONGEST_ZONE + "y", "a zone has at most 255 octets", id="zone of 256 octets"),
        pytest.param("::/0", "an IPv6 prefix may not begin with a colon or a zero", id="prefix with a colon"),
        pytest.param("0::/8", "an IPv6 prefix may not begin with a colon or a zero", id="prefix with a zero"),
    ],
)
def test_invalid(text: str, reason: str) -> None:
    with pytest.raises(InvalidZone) as caught:
        parse_zone(text)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        pytest.param("10.0.0.0/8", ["10.in-addr.arpa."], id="one octet"),
        pytest.param("10.9.8.7/24", ["8.9.10.in-addr.arpa."], id="host bits are ignored"),
        pytest.param("10.9.8.7/32", ["7.8.9.10.in-addr.arpa."], id="one address"),
        pytest.param("0.0.0.0/0", ["in-addr.arpa."], id="all of IPv4"),
        pytest.param("10.0.0.0/7", ["10.in-addr.arpa.", "11.in-addr.arpa."], id="up to the next octet"),
        pytest.param("10.0.0.0/08", ["10.in-addr.arpa."], id="leading zero of the length"),
        pytest.param("2001:db8::/32", ["8.b.d.0.1.0.0.2.ip6.arpa."], id="nibbles"),
        pytest.param(
            "2001:DB8::/31",
            ["8.b.d.0.1.0.0.2.ip6.arpa.", "9.b.d.0.1.0.0.2.ip6.arpa."],
            id="up to the next nibble",
        ),
        pytest.param("1::/0", ["ip6.arpa."], id="all of IPv6"),
    ],
)
def test_address_prefixes_are_reverse_zones(text: str, zones: list[str]) -> None:
    zone = parse_zone(text + ":1053")
    assert (list(zone.zones), zone.port, zone.oddity) == (zones, 1053, "")


@pytest.mark.parametrize(("text", "count"), [("10.0.0.0/20", 16), ("10.0.0.0/25", 128), ("2001:db8::/29", 8)])
def test_number_of_reverse_zones(text: str, count: int) -> None:
    assert len(set(parse_zone(text).zones)) == count


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        pytest.param("example.org:http", "example.org:http.", id="port that is no number"),
        pytest.param("a:99999999999999999999", "a:99999999999999999999.", id="port beyond 64 bits"),
        pytest.param("a:1_0", "a:1_0.", id="port with an underscore"),
        pytest.param("10.0.0.0/33", "10.0.0.0/33.", id="prefix length too large"),
        pytest.param("010.0.0.0/8", "010.0.0.0/8.", id="octet with a leading zero"),
        pytest.param("10.0.0.0/+8", "10.0.0.0/+8.", id="signed prefix length"),
        pytest.param("fe80::%eth0/64", "fe80::%eth0/64.", id="prefix with an interface"),
        pytest.param("[::1]", "[::1].", id="address in brackets"),
        pytest.param("}", "}.", id="stray brace"),
        pytest.param("http://a", "http://a.", id="scheme that is none of ours"),
    ],
)
def test_odd_but_legal(text: str, zone: str) -> None:
    found = parse_zone(text)
    assert found.zones == (zone,)
    assert found.oddity != ""
