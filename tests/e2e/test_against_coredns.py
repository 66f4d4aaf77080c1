"""The same cluster and Corefiles, served by a real CoreDNS and by us, from manifests and from the API server
that CoreDNS has its objects from: every reply is compared.

Only the order of records, the serial of an SOA, and the options and size of EDNS may differ. Where an RFC
wins over CoreDNS, the difference is one of `DIFFERENCES`, which says what either must answer.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple, Protocol

import pytest

from testbed.asking import Answer
from testbed.peers import Peer
from testbed.wire import edns_query, opt, option, packet, query, question

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("coredns") is None, reason="there is no coredns on the PATH"),
]

A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, DS, HTTPS, ANY, OTHER = (
    1,
    2,
    5,
    6,
    12,
    15,
    16,
    28,
    33,
    43,
    65,
    255,
    65280,
)
TYPES = (A, AAAA, SRV, TXT, CNAME, NS, SOA, PTR, MX, HTTPS, ANY, OTHER)
ADDRESSES = (A, AAAA, SRV)

ZONE = "cluster.local"
BRANCHES = ("", "svc", "pod", "shop.svc", "empty.svc")
SERVICES = (
    "web.shop.svc",
    "resolver.shop.svc",
    "idle.shop.svc",
    "db.data.svc",
    "queue.data.svc",
    "portless.data.svc",
)
ALIASES = (
    "outside.shop.svc",
    "static.shop.svc",
    "alias.shop.svc",
    "chain.shop.svc",
    "loop.shop.svc",
    "dangling.shop.svc",
)
MISSING = (
    "asleep.data.svc",
    "gone.shop.svc",
    "gone.svc",
    "gone",
    "web.gone.svc",
    "x.y.z.web.shop.svc",
    "a.outside.shop.svc",
)
ENDPOINTS = (
    "db-0.db.data.svc",
    "db-2.db.data.svc",
    "10-244-1-40.queue.data.svc",
    "queue-x.queue.data.svc",
    "10-244-1-7.web.shop.svc",
    "web-a.web.shop.svc",
)
PORTS = (
    "_http._tcp.web.shop.svc",
    "http.tcp.web.shop.svc",
    "_HTTP._Tcp.web.shop.svc",
    "_http._udp.web.shop.svc",
    "_dns-tcp._tcp.resolver.shop.svc",
    "_pg._tcp.db.data.svc",
    "_._tcp.web.shop.svc",
    "*.tcp.web.shop.svc",
)
PODS = (
    "10-244-1-7.shop.pod",
    "10-244-9-9.shop.pod",
    "fd00-244-1--20.data.pod",
    "10-244-1-7.gone.pod",
    "shop.pod",
    "gone.pod",
    "x.10-244-1-7.shop.pod",
    "10-244-1.shop.pod",
    "nothing.shop.pod",
)
FIXED = ("dns-version", "ns.dns", "dns")
REVERSE = (
    "20.0.96.10.in-addr.arpa",
    "20.1.244.10.in-addr.arpa",
    "7.1.244.10.in-addr.arpa",
    "99.0.96.10.in-addr.arpa",
    "96.10.in-addr.arpa",
    "1.0.0.127.in-addr.arpa",
    "0.2.0.0." + "0.0.0.0." * 4 + "1.0.0.0.4.4.2.0.0.0.d.f.ip6.arpa",
)
OUTSIDE = (
    "example.org",
    "org",
    "",
    "static.hosts.test",
    "six.hosts.test",
    "a.wild.hosts.test",
    "web.shop.cluster.local",
    "bare.test",
)
ZONAL = (
    "north-1.pin._zone.queue.data.svc",
    "nowhere.pin._zone.queue.data.svc",
    "nowhere.prefer._zone.queue.data.svc",
    "_zone.queue.data.svc",
    "north-1.pin._zone.web.shop.svc",
)
IMPORTS = (
    "cart.shop.svc",
    "_http._tcp.cart.shop.svc",
    "shards.data.svc",
    "shard-0.east.shards.data.svc",
    "shard-0.west.shards.data.svc",
    "east.shards.data.svc",
    "gone.shop.svc",
    "web.shop.svc",
)


class Case(NamedTuple):
    """A packet for the servers of one Corefile, and what it asks, if it asks in an ordinary way."""

    id: str
    corefile: str
    packet: bytes
    name: str = ""
    rtype: int = 0
    over_tcp: bool = False


def below(zone: str, *groups: Sequence[str]) -> list[str]:
    return [f"{left}.{zone}".strip(".") for group in groups for left in group]


def asked(corefile: str, names: Sequence[str], types: Sequence[int]) -> Iterator[Case]:
    for name, rtype in product(names, types):
        yield Case(
            f"{corefile}-{name or 'root'}-{rtype}", corefile, edns_query(name, rtype), name.lower(), rtype
        )


def ways(corefile: str) -> Iterator[Case]:
    """One question in every way that it can be put."""
    name = "wEb.SHOP.svc.Cluster.LOCAL"
    packets = {
        "plain": query(name),
        "recursion-wanted": query(name, bits=0x0100),
        "checking-disabled": query(name, bits=0x0110),
        "reserved-bit": query(name, bits=0x0040),
        "authentic": query(name, bits=0x0020),
        "dnssec-ok": edns_query(name, flags=0x8000),
        "small": edns_query(name, SRV, size=100),
        "large": edns_query(name, SRV, size=65535),
        "edns-1": edns_query(name, version=1),
        "unknown-option": edns_query(name, options=option(65001, b"x")),
        "chaos": query(name, rrclass=3),
        "any-class": query(name, rrclass=255),
        "chaos-edns-1": packet(question(name, A, 3), additional=[opt(version=1)]),
        "status": query(name, bits=0x1000),
        "update": query(name, bits=0x2800),
        "notify": query(name, SOA, bits=0x2000),
        "opcode-15": query(name, bits=0x7800),
        "no-question": packet(),
        "two-questions": packet(question(name), question(name)),
        "promised-question": packet(counts=(1, 0, 0, 0)),
        "cut": query(name)[:-3],
        "trailing": packet(question(name), tail=b"\0\0\0"),
        "long-label": packet(question(b"\x40" + b"a" * 64 + b"\0")),
        "pointer-loop": packet(question(b"\xc0\x0c")),
    }
    for way, octets in packets.items():
        for over_tcp in (False, True):
            transport = "tcp" if over_tcp else "udp"
            yield Case(f"{corefile}-{way}-{transport}", corefile, octets, way, over_tcp=over_tcp)


CASES = [
    *asked("kubeadm", below(ZONE, BRANCHES, SERVICES, ALIASES, MISSING, FIXED), TYPES),
    *asked("kubeadm", below(ZONE, ENDPOINTS, PORTS, PODS), ADDRESSES),
    *asked("kubeadm", [*REVERSE, *OUTSIDE], (A, PTR)),
    *asked("options", below(ZONE, BRANCHES, SERVICES, ALIASES, MISSING), ADDRESSES),
    *asked("options", below(ZONE, ENDPOINTS, PODS, ZONAL), ADDRESSES),
    *asked("options", [*REVERSE, *OUTSIDE], (A, AAAA, PTR, TXT)),
    *asked("zones", below(ZONE, BRANCHES, SERVICES, ENDPOINTS), ADDRESSES),
    *asked("zones", [*REVERSE, *OUTSIDE], (A, AAAA, MX, DS)),
    *asked("multicluster", below("clusterset.local", IMPORTS, BRANCHES), (*ADDRESSES, TXT)),
    *asked("multicluster", below(ZONE, SERVICES), ADDRESSES),
    *ways("kubeadm"),
]


class Difference(NamedTuple):
    """Where an RFC wins: which cases, and the outcome of either server."""

    rule: str
    meets: Callable[[Case], bool]
    ours: str
    theirs: str


EMPTY_NAMES = frozenset(below(ZONE, BRANCHES) + below("clusterset.local", BRANCHES))
NOT_CHECKED = frozenset({SOA, ANY})
WITHOUT_SERVICE = frozenset(below(ZONE, MISSING))
WITH_DATA = frozenset({ZONE, *below(ZONE, SERVICES, ALIASES)})
KNOWN_ADDRESSES = frozenset((*REVERSE[:3], REVERSE[-1]))
NO_DATA = "RFC 2308 section 2.2, RFC 8020: a type without data at a name that exists is NODATA"

DIFFERENCES = (
    Difference(NO_DATA, lambda case: case.rtype == TXT and case.name in EMPTY_NAMES, "NODATA", "NXDOMAIN"),
    Difference(
        NO_DATA,
        lambda case: case.name == f"dns-version.{ZONE}" and case.rtype not in {TXT, *NOT_CHECKED},
        "NODATA",
        "NXDOMAIN",
    ),
    Difference(NO_DATA, lambda case: case.name == f"dns.{ZONE}" and case.rtype != SOA, "NODATA", "NXDOMAIN"),
    Difference(
        NO_DATA, lambda case: case.name == f"ns.dns.{ZONE}" and case.rtype in {TXT, PTR}, "NODATA", "NXDOMAIN"
    ),
    Difference(NO_DATA, lambda case: case.name.startswith("east.shards."), "NODATA", "NXDOMAIN"),
    Difference(
        NO_DATA,
        lambda case: case.corefile == "kubeadm" and case.name in KNOWN_ADDRESSES and case.rtype != PTR,
        "NODATA",
        "SERVFAIL",  # it falls through, and there is no next plugin
    ),
    Difference(
        NO_DATA,
        lambda case: case.corefile == "options" and case.name in KNOWN_ADDRESSES and case.rtype != PTR,
        "NODATA",
        "EMPTY",  # it falls through, and whoami answers
    ),
    Difference(
        NO_DATA,
        lambda case: case.corefile == "options" and (case.name, case.rtype) == (REVERSE[4], TXT),
        "NODATA",
        "EMPTY",
    ),
    Difference(NO_DATA, lambda case: case.name == f"_zone.queue.data.svc.{ZONE}", "NODATA", "EMPTY"),
    Difference(
        "RFC 2308 section 2.1: a name that does not exist has no SOA either",
        lambda case: case.rtype == SOA and case.name in WITHOUT_SERVICE,
        "NXDOMAIN",
        "NODATA",
    ),
    Difference(
        "RFC 8482 section 4.2: ANY is answered with HINFO",
        lambda case: case.rtype == ANY and case.name in WITH_DATA,
        "ANSWER",
        "NODATA",
    ),
    Difference(
        "RFC 8482 section 4.2: ANY is answered with HINFO",
        lambda case: case.rtype == ANY and case.name == f"dns-version.{ZONE}",
        "ANSWER",
        "NXDOMAIN",
    ),
    Difference(
        "RFC 8906 section 3.1.4: the question that was read is repeated",
        lambda case: case.name in {"status", "update", "opcode-15"},
        "NOTIMP",
        "NOTIMP",
    ),
    Difference(
        "RFC 1996: NOTIFY is no query, and nobody here is told of changes",
        lambda case: case.name == "notify",
        "NOTIMP",
        "NODATA",
    ),
    Difference(
        "RFC 1035 section 4.1.1: what is promised and missing is a format error",
        lambda case: case.name == "promised-question",
        "FORMERR",
        "SERVFAIL",
    ),
)


def shape(answer: Answer) -> dict[str, Any]:
    """What must be equal of two replies."""
    return {
        "rcode": answer.rcode,
        "opcode": answer.opcode,
        "flags": sorted(answer.flags),
        "question": answer.question,
        "answer": records(answer.answer),
        "authority": records(answer.authority),
        "additional": records(answer.additional),
        "edns": answer.opt[1:] if answer.has_opt else None,
    }


def records(section: Sequence[str]) -> list[str]:
    """Without serials, and without the port that whoami is asked from."""
    masked = (re.sub(r"( IN SOA \S+ \S+) \d+", r"\1 SERIAL", line) for line in section)
    return sorted(re.sub(r"( IN SRV 0 0) \d+ \.$", r"\1 PORT .", line) for line in masked)


def outcome(shape: dict[str, Any]) -> str:
    """The kind of a reply in a word."""
    if shape["rcode"] != "NOERROR":
        return str(shape["rcode"])
    if shape["answer"]:
        return "ANSWER"
    return "NODATA" if shape["authority"] else "EMPTY"


def ask(case: Case, peer: Peer) -> dict[str, Any]:
    return shape(Answer((peer.tcp if case.over_tcp else peer.udp)(case.packet)))


class Servers(Protocol):
    """What the fixture gives."""

    @property
    def manifests(self) -> Peer: ...

    @property
    def api(self) -> Peer: ...

    @property
    def theirs(self) -> Peer: ...


@pytest.mark.parametrize("source", ["manifests", "api"])
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_a_reply_is_that_of_coredns_or_the_one_an_rfc_wants(
    case: Case, source: str, serving: Callable[[str], Servers]
) -> None:
    servers = serving(case.corefile)
    ours = ask(case, servers.api if source == "api" else servers.manifests)
    theirs = ask(case, servers.theirs)
    wins = next((difference for difference in DIFFERENCES if difference.meets(case)), None)
    if wins is None:
        assert ours == theirs
    else:
        assert (outcome(ours), outcome(theirs)) == (wins.ours, wins.theirs), wins.rule
        assert ours != theirs, f"no difference any more: {wins.rule}"
