"""Addresses are read as the API server reads them."""

import pytest

from clusterdns.cluster.kube.addresses import address

KUBE_DNS = bytes((10, 96, 0, 13))


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        pytest.param("10.96.0.13", KUBE_DNS, id="IPv4"),
        pytest.param("010.096.000.013", KUBE_DNS, id="leading zeros are decimal"),
        pytest.param("10.96.0.0000013", KUBE_DNS, id="many of them"),
        pytest.param("08.09.1.1", bytes((8, 9, 1, 1)), id="no octal at all"),
        pytest.param("::ffff:10.96.0.13", KUBE_DNS, id="mapped"),
        pytest.param("::FFFF:0a60:000d", KUBE_DNS, id="mapped, in hexadecimal"),
        pytest.param("::ffff:010.096.0.013", KUBE_DNS, id="mapped, with leading zeros"),
        pytest.param("fd00:0:0::1", b"\xfd" + bytes(14) + b"\x01", id="IPv6"),
        pytest.param("::10.96.0.13", bytes(12) + KUBE_DNS, id="not mapped"),
        pytest.param("fe80::1%eth0", b"\xfe\x80" + bytes(13) + b"\x01", id="the zone has no octets"),
    ],
)
def test_an_address_is_read(text: str, packed: bytes) -> None:
    assert address(text) == packed


@pytest.mark.parametrize(
    "text",
    [
        *("", "None", "10.96.0", "10.96.0.256", "10.96.0.13 ", "10.96.0.13\n", "1.2.3.4.5", "0x0a.1.1.1"),
        *("::g", "\u0661.2.3.4", "a\x00b", "\ud800", "0" * 100_000 + "1.1.1.1", ":" * 100_000, "%"),
        "1.2.3.4%eth0",
    ],
)
def test_what_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the words of the library differ)
        address(text)
