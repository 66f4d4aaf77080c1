"""The dearest questions to the hostile tenant's Services."""

from typing import Final

from bench.hostile.cluster import OWN_ADDRESS, SHARED_BY_ENDPOINTS, SHARED_BY_SERVICES
from bench.hostile.objects import NAMESPACE
from clusterdns.dns.constants import RRType
from testbed.wire import edns_query

ZONE: Final = f"{NAMESPACE}.svc.cluster.local"


def _reverse(address: str) -> str:
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


DEAR: Final = {
    "A of 100,000 endpoints": edns_query(f"huge.{ZONE}"),
    "SRV of 100,000 endpoints": edns_query(f"huge.{ZONE}", RRType.SRV),
    "an endpoint called as its node": edns_query(f"node-1.huge.{ZONE}"),
    "an endpoint called as its zone": edns_query(f"zone-1.huge.{ZONE}"),
    "endpoints of a zone": edns_query(f"zone-1.pin._zone.huge.{ZONE}"),
    "endpoints of no zone": edns_query(f"zone-9.prefer._zone.huge.{ZONE}"),
    "SRV of 20,000 ports": edns_query(f"many-ports.{ZONE}", RRType.SRV),
    "SRV of any port": edns_query(f"_any._tcp.many-ports.{ZONE}", RRType.SRV),
    "NS, with 50,000 own endpoints": edns_query("cluster.local", RRType.NS),
    "PTR, 5,000 Services": edns_query(_reverse(SHARED_BY_SERVICES), RRType.PTR),
    "PTR, 25,000 endpoints": edns_query(_reverse(SHARED_BY_ENDPOINTS), RRType.PTR),
    "PTR, 50,000 own endpoints": edns_query(_reverse(OWN_ADDRESS), RRType.PTR),
    "A of 16,000 slices": edns_query(f"small.{ZONE}"),
    "A of 100,000 addresses": edns_query(f"large.{ZONE}"),
}
"""By what makes each dear."""


def spelled(packet: bytes, turn: int) -> bytes:
    """The same question in a spelling of its own, so that no remembered packet answers it."""
    octets = bytearray(packet)
    letters = [
        at for at, octet in enumerate(octets[12:], 12) if chr(octet).isascii() and chr(octet).islower()
    ]
    for bit, at in enumerate(letters[:16]):
        if turn >> bit & 1:
            octets[at] -= 32
    octets[:2] = (turn % 65536).to_bytes(2)
    return bytes(octets)
