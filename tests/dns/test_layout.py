"""Where TTLs and addresses stand in a message that this server wrote."""

import pytest

from clusterdns.dns.constants import RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.layout import address_runs, ttl_places
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import AAAA, CNAME, SRV, A, Rdata
from clusterdns.dns.writer import write_message

WEB = Name.from_text("web.example.")
OTHER = Name.from_text("other.example.")


def a(*last: int) -> tuple[A, ...]:
    return tuple(A(bytes([10, 0, 0, each])) for each in last)


def rrset(owner: Name, *rdatas: Rdata, ttl: int = 30) -> RRset:
    return RRset(owner, ttl, rdatas)


def written(*answer: RRset, additional: tuple[RRset, ...] = (), edns: Edns | None = None) -> bytes:
    return write_message(
        Message(id=1, question=(Question(WEB, RRType.A),), answer=answer, additional=additional, edns=edns)
    )


def test_every_ttl_is_found_and_that_of_an_opt_record_is_none() -> None:
    message = written(
        rrset(WEB, CNAME(OTHER), ttl=5),
        rrset(OTHER, *a(1, 2), ttl=7),
        additional=(rrset(WEB, *a(3), ttl=9),),
        edns=Edns(),
    )
    assert [int.from_bytes(message[at : at + 4]) for at in ttl_places(message)] == [5, 7, 7, 9]


@pytest.mark.parametrize(
    ("answer", "records"),
    [
        pytest.param((rrset(WEB, *a(1)),), [], id="one address"),
        pytest.param((rrset(WEB, *a(1, 2, 3)),), [3], id="three"),
        pytest.param((rrset(WEB, CNAME(OTHER)), rrset(OTHER, *a(1, 2))), [2], id="behind a CNAME"),
        pytest.param((rrset(WEB, *a(1, 2)), rrset(OTHER, *a(3))), [2], id="one of two owners"),
        pytest.param(
            (rrset(WEB, *a(1, 2)), rrset(WEB, AAAA(bytes(16)), AAAA(b"\1" * 16))), [2, 2], id="two families"
        ),
        pytest.param((rrset(WEB, SRV(0, 1, 80, WEB), SRV(0, 1, 81, WEB)),), [], id="no addresses"),
    ],
)
def test_addresses_of_one_name_are_found(answer: tuple[RRset, ...], records: list[int]) -> None:
    message = written(*answer)
    runs = address_runs(message)
    assert runs is not None
    assert [run.records for run in runs] == records
    assert all(message[run.start : run.start + 2] != b"\0\0" for run in runs)


def test_addresses_that_are_not_written_alike_are_no_run() -> None:
    assert address_runs(written(rrset(WEB, *a(1)), rrset(OTHER, *a(2, 3, 4)))) is None
