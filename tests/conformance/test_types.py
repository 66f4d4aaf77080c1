"""Every type, at a name that exists and at one that does not: NODATA or NXDOMAIN with SOA, never silence."""

from typing import Final

import pytest

from testbed.asking import Ask
from testbed.wire import edns_query, query

ZONE = "cluster.local"

# fmt: off
TYPES: Final = {
    "A": 1, "NS": 2, "MD": 3, "MF": 4, "CNAME": 5, "SOA": 6, "MB": 7, "MG": 8, "MR": 9, "NULL": 10, "WKS": 11,
    "PTR": 12, "HINFO": 13, "MINFO": 14, "MX": 15, "TXT": 16, "RP": 17, "AFSDB": 18, "X25": 19, "ISDN": 20,
    "RT": 21, "NSAP": 22, "NSAP-PTR": 23, "SIG": 24, "KEY": 25, "PX": 26, "GPOS": 27, "AAAA": 28, "LOC": 29,
    "NXT": 30, "EID": 31, "NIMLOC": 32, "SRV": 33, "ATMA": 34, "NAPTR": 35, "KX": 36, "CERT": 37, "A6": 38,
    "DNAME": 39, "SINK": 40, "APL": 42, "DS": 43, "SSHFP": 44, "IPSECKEY": 45, "RRSIG": 46, "NSEC": 47,
    "DNSKEY": 48, "DHCID": 49, "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "SMIMEA": 53, "HIP": 55, "CDS": 59,
    "CDNSKEY": 60, "OPENPGPKEY": 61, "CSYNC": 62, "ZONEMD": 63, "SVCB": 64, "HTTPS": 65, "SPF": 99,
    "NID": 104, "L32": 105, "L64": 106, "LP": 107, "EUI48": 108, "EUI64": 109, "URI": 256, "CAA": 257,
    "AVC": 258, "DOA": 259, "AMTRELAY": 260, "TA": 32768, "DLV": 32769, "TYPE666": 666, "TYPE1000": 1000,
    "TYPE65280": 65280, "TYPE65535": 65535,
}
# fmt: on
AT_WEB: Final = {"A", "SRV"}
AT_APEX: Final = {"SOA", "NS"}

EVERY_TYPE = [pytest.param(text, number, id=text) for text, number in TYPES.items()]


@pytest.mark.parametrize(("text", "number"), EVERY_TYPE)
def test_every_type_at_a_name_that_exists(ask: Ask, text: str, number: int) -> None:
    for name, there in (("web.shop.svc." + ZONE, AT_WEB), (ZONE, AT_APEX)):
        answer = ask(query(name, number))
        assert answer.rcode == "NOERROR"
        assert "AA" in answer.flags
        assert answer.is_negative == (text not in there)
        assert {line.split()[3] for line in answer.answer} == ({text} & there)


@pytest.mark.parametrize(("text", "number"), EVERY_TYPE)
def test_every_type_at_a_name_that_does_not(ask: Ask, text: str, number: int) -> None:
    answer = ask(edns_query("missing.shop.svc." + ZONE, number))
    assert answer.rcode == "NXDOMAIN"
    assert answer.is_negative
    assert "AA" in answer.flags
    assert answer.opt == (1232, 0, 0)


@pytest.mark.parametrize(
    "number", [0, 41, 128, 249, 250, 253, 254], ids=["0", "OPT", "128", "TKEY", "TSIG", "MAILB", "MAILA"]
)
def test_types_that_no_record_can_have_are_no_data(ask: Ask, number: int) -> None:
    assert ask(query("web.shop.svc." + ZONE, number)).is_negative


@pytest.mark.parametrize("number", [251, 252], ids=["IXFR", "AXFR"])
def test_transfers_are_refused_where_no_plugin_makes_them(ask: Ask, number: int) -> None:
    answer = ask(query(ZONE, number))
    assert answer.rcode == "REFUSED"
    assert answer.counts == (1, 0, 0, 0)
    assert "AA" not in answer.flags
