"""Addresses and their names: RFC 1035 section 3.5, RFC 3596 section 2.5."""

from ipaddress import ip_address

import hypothesis
import pytest
from hypothesis import strategies

from clusterdns.dns.name import Name
from clusterdns.dns.reverse import address_of, reverse_name

V6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa."

BOTH_WAYS = [
    pytest.param("10.96.0.1", "1.0.96.10.in-addr.arpa.", id="IPv4"),
    pytest.param("0.0.0.0", "0.0.0.0.in-addr.arpa.", id="IPv4 zeros"),
    pytest.param("255.255.255.255", "255.255.255.255.in-addr.arpa.", id="IPv4 ones"),
    pytest.param("fd00::1", V6, id="IPv6"),
]


@pytest.mark.parametrize(("address", "name"), BOTH_WAYS)
def test_address_and_name_stand_for_each_other(address: str, name: str) -> None:
    packed = ip_address(address).packed
    assert reverse_name(packed).to_text() == reverse_name(address).to_text() == name
    assert address_of(Name.from_text(name)) == packed
    assert address_of(Name.from_text(name.upper())) == packed


@hypothesis.given(strategies.ip_addresses())
def test_every_address_has_a_name_as_the_library_spells_it(address: object) -> None:
    made = ip_address(str(address))
    assert reverse_name(made.packed).to_text() == made.reverse_pointer + "."
    assert address_of(Name.from_text(made.reverse_pointer)) == made.packed


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("in-addr.arpa.", id="the zone itself"),
        pytest.param("0.96.10.in-addr.arpa.", id="three octets"),
        pytest.param("1.1.0.96.10.in-addr.arpa.", id="five octets"),
        pytest.param("256.0.96.10.in-addr.arpa.", id="no octet"),
        pytest.param("01.0.96.10.in-addr.arpa.", id="leading zero"),
        pytest.param("00.0.96.10.in-addr.arpa.", id="two zeros"),
        pytest.param("0001.0.96.10.in-addr.arpa.", id="four digits"),
        pytest.param("a.0.96.10.in-addr.arpa.", id="a letter"),
        pytest.param("\\178.0.96.10.in-addr.arpa.", id="a digit of another script"),
        pytest.param("-1.0.96.10.in-addr.arpa.", id="a sign"),
        pytest.param("1.0.96.10.in-addr.arpa.local.", id="below another zone"),
        pytest.param("ip6.arpa.", id="the IPv6 zone itself"),
        pytest.param(V6[2:], id="31 nibbles"),
        pytest.param("0." + V6, id="33 nibbles"),
        pytest.param("g" + V6[1:], id="no nibble"),
        pytest.param("00" + V6[1:], id="two digits"),
        pytest.param("web.shop.", id="no reverse name"),
        pytest.param(".", id="the root"),
    ],
)
def test_other_names_stand_for_no_address(name: str) -> None:
    assert address_of(Name.from_text(name)) is None


@pytest.mark.parametrize("address", [b"", b"123", b"12345", bytes(17), "10.0.0", "10.0.0.256", "fd00::g"])
def test_what_is_no_address_has_no_name(address: bytes | str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library's texts differ
        reverse_name(address)
