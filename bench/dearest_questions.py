"""Questions to the dearest clusters (see dearest_cluster) and to a block list, each kind of them."""

from collections.abc import Iterator
from typing import Final

from clusterdns.dns.constants import RRType
from clusterdns.dns.name import Name
from clusterdns.dns.reverse import reverse_name

SERVICES: Final = ("large", "small", "six", "same", "one", "down", "ports")
TYPES: Final = {"A": RRType.A, "AAAA": RRType.AAAA, "SRV": RRType.SRV, "ANY": RRType.ANY, "TXT": RRType.TXT}
FRONTS: Final = (
    "",
    "h-77777.",
    "node-7.",
    "zone-1.",
    "nobody.",
    "same.",
    "10-1-47-209.",
    "_http._tcp.",
    "_port-19999._tcp.",
    "_nothing._udp.",
    "zone-1.pin._zone.",
    "zone-9.pin._zone.",
    "zone-9.prefer._zone.",
    "rare.pin._zone.",
    "z.pin._zone.",
)
BELOW: Final = ".ns.svc.cluster.local"

OTHERS: Final = (
    ("a ClusterIP with 20,000 ports", f"vip{BELOW}", RRType.SRV),
    ("one of 20,000 ports", f"_port-19999._tcp.vip{BELOW}", RRType.SRV),
    ("none of 20,000 ports", f"_nothing._tcp.vip{BELOW}", RRType.SRV),
    ("an address in 5,000 Services", str(reverse_name("10.255.0.1")), RRType.PTR),
    ("an address of 25,000 endpoints", str(reverse_name("10.255.1.1")), RRType.PTR),
    ("an address of one", str(reverse_name("10.0.0.1")), RRType.PTR),
    ("an address of nobody", str(reverse_name("10.255.1.2")), RRType.PTR),
    ("name servers, 50,000 endpoints", "cluster.local", RRType.NS),
    ("addresses of name servers", "ns.dns.cluster.local", RRType.A),
    ("an alias of 100,000 endpoints", f"to-large{BELOW}", RRType.A),
    ("an alias of 16,000 slices", f"to-small{BELOW}", RRType.A),
    ("a chain of 5,000 aliases", f"link-0{BELOW}", RRType.A),
    ("a Pod", "10-1-2-3.ns.pod.cluster.local", RRType.A),
    ("0.0.0.0 of a block list of 150,000", "0.0.0.0.in-addr.arpa", RRType.PTR),
    ("a name of 20,000 addresses in hosts", "many.ads.test", RRType.A),
    ("a name of a block list", "ad-77777.ads.test", RRType.A),
)


def questions() -> Iterator[tuple[str, Name, int]]:
    """Each question: in words, its name, and its type."""
    for service in SERVICES:
        for front in FRONTS:
            for text, rtype in TYPES.items():
                name = f"{front}{service}"
                yield f"{name} {text}", Name.from_text(name + BELOW), rtype
    for text, name, rtype in OTHERS:
        yield text, Name.from_text(name), rtype


def block_list() -> str:
    """A hosts file: 150,000 names for 0.0.0.0, and a name of 20,000 addresses."""
    lines = [f"0.0.0.0 ad-{number}.ads.test" for number in range(150_000)]
    lines += [f"10.77.{number >> 8}.{number & 255} many.ads.test" for number in range(20_000)]
    return "\n".join(lines)


def in_another_case(name: Name, number: int) -> Name:
    """`name` with some of its letters in capitals, others for each number: what no cache has."""
    octets = bytearray(name.wire)
    letters = [at for at, octet in enumerate(octets) if 0x61 <= octet <= 0x7A]
    for place, at in enumerate(letters[:16]):
        if number >> place & 1:
            octets[at] -= 0x20
    return Name(bytes(octets))
