"""The kinds of replies without data that were looked for, one function each, with their own TTL and SOA."""

from typing import Final, TypeAlias

from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.edns import ExtendedError
from clusterdns.dns.message import RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import SOA, Opaque
from clusterdns.plugin import Reply, Reuse

FOREVER: Final = Reuse()
"""Until a row changes that was read: nothing in these replies depends on anything else."""

MOST_SOA_TTL: Final = 300
REFRESH: Final = 7200
RETRY: Final = 1800
EXPIRE: Final = 86_400

NAME_SERVER: Final = b"\x02ns\x03dns"
HOSTMASTER: Final = b"\x0ahostmaster"

RFC8482: Final = Opaque(RRType.HINFO, b"\x07RFC8482\x00")
Errors: TypeAlias = tuple[ExtendedError, ...]


def start_of_authority(soa: RRset, errors: Errors) -> Reply:
    """The SOA record itself. Never remembered: its serial may move on without a row that could be noted."""
    return Reply(answer=(soa,), extended_errors=errors)


def any_type(owner: Name, ttl: int, *, errors: Errors) -> Reply:
    """HINFO instead of all that there is (RFC 8482 section 4.2)."""
    return Reply(answer=(RRset(owner, ttl, (RFC8482,)),), extended_errors=errors, reuse=FOREVER)


def no_data(soa: RRset, errors: Errors) -> Reply:
    """The name exists, the type does not (RFC 2308 section 2.2)."""
    return Reply(authority=(soa,), extended_errors=errors, reuse=FOREVER)


def no_such_name(soa: RRset, errors: Errors) -> Reply:
    """The name does not exist (RFC 2308 section 2.1)."""
    return Reply(rcode=Rcode.NXDOMAIN, authority=(soa,), extended_errors=errors, reuse=FOREVER)


def not_ready(soa: RRset, errors: Errors) -> Reply:
    """Whether the name exists is not known before the first sync (RFC 8914 section 4.15)."""
    return Reply(rcode=Rcode.SERVFAIL, authority=(soa,), extended_errors=errors, reuse=FOREVER)


def refused() -> Reply:
    """A zone transfer that no plugin for transfers has taken."""
    return Reply(rcode=Rcode.REFUSED, authoritative=False, reuse=FOREVER)


def soa_rrset(zone: Name, ttl: int, serial: int) -> RRset:
    """The SOA record of a zone as the asker spelled it. Negative answers may be kept for `ttl`."""
    mname, rname = Name(NAME_SERVER + zone.wire), Name(HOSTMASTER + zone.wire)
    data = SOA(mname, rname, serial, REFRESH, RETRY, EXPIRE, ttl)
    return RRset(zone, min(ttl, MOST_SOA_TTL), (data,))
