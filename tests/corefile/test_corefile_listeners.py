"""Which server blocks may share a listener."""

import pytest

from clusterdns.corefile import parse
from clusterdns.corefile.listeners import UNBOUND, Claim, claims_of, conflicts


def claims(text: str, *, addresses: tuple[str, ...] = (UNBOUND,), filtered: bool = False) -> list[Claim]:
    return [
        claim
        for block in parse(text, environ={}).blocks
        for key in block.keys
        for claim in claims_of(key, addresses=addresses, filtered=filtered)
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a {\n}\nb {\n}", id="two zones"),
        pytest.param("a:53 {\n}\na:54 {\n}", id="two ports"),
        pytest.param("a:853 tls://a {\n}", id="two schemes"),
    ],
)
def test_legal(text: str) -> None:
    assert conflicts(claims(text)) == ()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(
            "a {\n}\na {\n}",
            "3:1: dns://a.:53 is served already, by the server block at Corefile:1:1",
            id="two blocks",
        ),
        pytest.param(
            "a A.:53 {\n}",
            "1:3: dns://a.:53 is served already, by the server block at Corefile:1:1",
            id="one block, spelt differently",
        ),
        pytest.param(
            "10.0.0.0/8 10.in-addr.arpa {\n}",
            "1:12: dns://10.in-addr.arpa.:53 is served already, by the server block at Corefile:1:1",
            id="prefix and reverse zone",
        ),
    ],
)
def test_the_same_zone_twice(text: str, error: str) -> None:
    assert [str(found) for found in conflicts(claims(text))] == [f"Corefile:{error}"]


def test_the_same_zone_on_two_addresses_is_legal() -> None:
    assert conflicts(claims("a", addresses=("10.0.0.1", "10.0.0.2"))) == ()


def test_a_bound_zone_excludes_an_unbound_one() -> None:
    (error,) = conflicts([*claims("a", addresses=("10.0.0.1",)), *claims("a")])
    assert error.message == (
        "dns://a.:53 cannot be served on all addresses: dns://a.:53 on 10.0.0.1 is bound at Corefile:1:1"
    )


def test_an_unbound_zone_excludes_a_bound_one() -> None:
    (error,) = conflicts([*claims("a"), *claims("a", addresses=("10.0.0.1",))])
    assert error.message == (
        "dns://a.:53 on 10.0.0.1 cannot be served: all its addresses are taken at Corefile:1:1"
    )


def test_filtered_blocks_may_share_a_zone() -> None:
    filtered = claims("a", filtered=True)
    assert conflicts([*filtered, *filtered, *claims("a"), *filtered]) == ()


def test_a_filtered_block_may_not_be_bound_where_another_is_not() -> None:
    assert len(conflicts([*claims("a"), *claims("a", addresses=("10.0.0.1",), filtered=True)])) == 1


def test_the_default_port_of_dns_counts() -> None:
    (key,) = parse("a", environ={}).blocks[0].keys
    assert [claim.port for claim in claims_of(key, dns_port=1053)] == [1053]
