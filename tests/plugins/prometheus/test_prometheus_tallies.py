"""Tallies become series, whose labels are those of CoreDNS."""

import pytest

from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.error_reply import error_reply
from clusterdns.dns.header import Header
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import ROOT, Name
from clusterdns.dns.writer import write_message
from clusterdns.plugin import Transport
from clusterdns.telemetry.metrics import Metrics
from clusterdns.testing.metrics import values
from clusterdns_plugins.prometheus.families import QueryFamilies
from clusterdns_plugins.prometheus.rejection_fields import read_fields
from clusterdns_plugins.prometheus.tallies import MOST_KINDS, Kind, Tallies, Tally

ZONE = Name.from_text("Cluster.local.")


def kind(
    *,
    transport: Transport = Transport.UDP,
    ipv6: bool = False,
    rtype: int = RRType.A,
    dnssec_ok: bool = False,
    rcode: int = 0,
    zone: bytes | None = ZONE.key,
) -> Kind:
    return ("dns://:53", zone, transport, ipv6, rtype, dnssec_ok, rcode, 1, 2, 3)


def counted(*kinds: Kind, plugin: str = "errors") -> Metrics:
    metrics = Metrics()
    tallies = Tallies(QueryFamilies(metrics), plugin)
    for each in kinds:
        tally = tallies.by_kind.get(each) or tallies.of(each)
        tally.count += 1
    tallies.flush()
    return metrics


SCOPE = 'server="dns://:53",zone="cluster.local.",view=""'


def test_a_query_counts_once_in_every_metric() -> None:
    assert values(counted(kind(dnssec_ok=True, rcode=Rcode.NXDOMAIN))) == {
        f'coredns_dns_requests_total{{{SCOPE},proto="udp",family="1",type="A"}}': 1,
        f"coredns_dns_request_duration_seconds{{{SCOPE}}}": 1,
        f'coredns_dns_request_size_bytes{{{SCOPE},proto="udp"}}': 1,
        f'coredns_dns_response_size_bytes{{{SCOPE},proto="udp"}}': 1,
        f"coredns_dns_do_requests_total{{{SCOPE}}}": 1,
        f'coredns_dns_responses_total{{{SCOPE},rcode="NXDOMAIN",plugin="errors"}}': 1,
    }


@pytest.mark.parametrize(
    ("of", "series"),
    [
        pytest.param(kind(transport=Transport.TCP), 'proto="tcp",family="1",type="A"', id="TCP"),
        pytest.param(kind(ipv6=True), 'proto="udp",family="2",type="A"', id="IPv6"),
        pytest.param(kind(rtype=RRType.HTTPS), 'proto="udp",family="1",type="HTTPS"', id="HTTPS"),
        pytest.param(kind(rtype=RRType.ANY), 'proto="udp",family="1",type="ANY"', id="ANY"),
        pytest.param(kind(rtype=RRType.CAA), 'proto="udp",family="1",type="other"', id="a type not named"),
        pytest.param(kind(rtype=65280), 'proto="udp",family="1",type="other"', id="an unknown type"),
    ],
)
def test_the_labels_of_requests(of: Kind, series: str) -> None:
    assert values(counted(of))[f"coredns_dns_requests_total{{{SCOPE},{series}}}"] == 1


@pytest.mark.parametrize(
    ("rcode", "text"),
    [
        pytest.param(Rcode.NOERROR, "NOERROR", id="NOERROR"),
        pytest.param(Rcode.BADVERS, "BADVERS", id="upper part"),
        pytest.param(77, "RCODE77", id="unknown"),
    ],
)
def test_response_codes_are_named(rcode: int, text: str) -> None:
    series = f'coredns_dns_responses_total{{{SCOPE},rcode="{text}",plugin="errors"}}'
    assert values(counted(kind(rcode=rcode)))[series] == 1


def test_without_the_do_bit_nothing_is_counted_there() -> None:
    assert f"coredns_dns_do_requests_total{{{SCOPE}}}" not in values(counted(kind()))


def test_a_zone_that_no_block_has_is_dropped() -> None:
    series = (
        'coredns_dns_responses_total{server="dns://:53",zone="dropped",view="",rcode="NOERROR",plugin=""}'
    )
    assert values(counted(kind(zone=None), plugin=""))[series] == 1


def test_the_root_is_a_dot() -> None:
    series = 'coredns_dns_request_duration_seconds{server="dns://:53",zone=".",view=""}'
    assert values(counted(kind(zone=ROOT.key)))[series] == 1


def test_what_was_written_out_is_not_written_again() -> None:
    metrics = Metrics()
    tallies = Tallies(QueryFamilies(metrics))
    tallies.of(kind()).count += 1
    tallies.flush()
    tallies.of(kind()).count += 1
    tallies.flush()
    assert values(metrics)[f"coredns_dns_request_duration_seconds{{{SCOPE}}}"] == 2


def test_kinds_are_bounded_and_none_is_lost() -> None:
    metrics = Metrics()
    tallies = Tallies(QueryFamilies(metrics))
    for rtype in range(3 * MOST_KINDS):
        tallies.of(kind(rtype=rtype)).count += 1
        assert len(tallies.by_kind) <= MOST_KINDS
    tallies.flush()
    assert values(metrics)[f"coredns_dns_request_duration_seconds{{{SCOPE}}}"] == 3 * MOST_KINDS


def test_sums_are_those_of_the_queries() -> None:
    metrics = Metrics()
    families = QueryFamilies(metrics)
    tallies = Tallies(families)
    tally = tallies.of(kind())
    assert isinstance(tally, Tally)
    tally.count, tally.seconds, tally.request_octets, tally.reply_octets = 2, 0.5, 80, 200
    tallies.flush()
    scope = ("dns://:53", "cluster.local.", "")
    assert families.durations.of(*scope).sum == 0.5
    assert families.request_sizes.of(*scope, "udp").sum == 80
    assert families.response_sizes.of(*scope, "udp").sum == 200


QUESTION = Question(Name.from_labels([b"a\x00b", b"example"]), RRType.SRV)
HEADER = Header(id=1, bits=0, questions=1, answers=0, authorities=0, additionals=0)


@pytest.mark.parametrize(
    ("packet", "seen"),
    [
        pytest.param(write_message(Message(id=1, question=(QUESTION,))), (33, False, 0), id="question"),
        pytest.param(
            write_message(Message(id=1, question=(QUESTION,), edns=Edns(flags=0x8000))),
            (33, True, 0),
            id="DO",
        ),
        pytest.param(
            write_message(Message(id=1, question=(QUESTION,), edns=Edns())), (33, False, 0), id="EDNS"
        ),
        pytest.param(
            error_reply(HEADER, Rcode.BADVERS, question=QUESTION, edns=Edns()),
            (33, False, 16),
            id="upper part of a response code",
        ),
        pytest.param(error_reply(HEADER, Rcode.FORMERR), (0, False, 0), id="no question"),
    ],
)
def test_a_reply_made_here_is_understood_without_decoding(packet: bytes, seen: tuple[int, bool, int]) -> None:
    assert read_fields(packet) == seen


def test_a_packet_cut_short_is_no_fault() -> None:
    packet = write_message(Message(id=1, question=(QUESTION,), edns=Edns(flags=0x8000)))
    for length in range(len(packet)):
        read_fields(packet[:length])
