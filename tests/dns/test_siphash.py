"""SipHash-2-4 against the vectors of its authors: key 00 to 0f, input 00, 01, 02, …"""

import struct

import pytest

from clusterdns.dns.siphash import siphash_2_4

KEY = bytes(range(16))


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(0, "310e0edd47db6f72", id="nothing"),
        pytest.param(1, "fd67dc93c539f874", id="one octet"),
        pytest.param(2, "5a4fa9d909806c0d", id="two octets"),
        pytest.param(7, "37d1018bf50002ab", id="a word with its length"),
        pytest.param(8, "6224939a79f5f593", id="a whole word"),
        pytest.param(15, "e545be4961ca29a1", id="the example of the paper"),
        pytest.param(63, "724506eb4c328a95", id="eight words"),
    ],
)
def test_published_vectors(octets: int, expected: str) -> None:
    assert siphash_2_4(KEY, bytes(range(octets))).hex() == expected


def test_every_octet_of_the_key_counts() -> None:
    changed = [KEY[:at] + b"\xff" + KEY[at + 1 :] for at in range(16)]
    assert len({siphash_2_4(key, b"data") for key in changed}) == 16


@pytest.mark.parametrize("octets", [0, 15, 17])
def test_a_key_has_16_octets(octets: int) -> None:
    with pytest.raises(struct.error):
        siphash_2_4(bytes(octets), b"")
