"""The handler: the client's address and port in the additional section."""

from ipaddress import ip_address

from clusterdns.dns.message import RRset, Section
from clusterdns.dns.name import ROOT
from clusterdns.dns.rdata import AAAA, SRV, A
from clusterdns.plugin import Client, Context, Handler, Next, Query, Reply
from clusterdns_plugins.whoami.config import Settings

__all__ = ["build", "whoami"]


async def whoami(query: Query, _next: Next) -> Reply:
    """Reply without an answer; in the additional section the client's address at the name asked for, and
    an SRV record at `_udp` or `_tcp` below it with the client's port. Each client gets its own reply."""
    return Reply(additional=(*_address(query), *_port(query)))


def build(_settings: Settings, _context: Context) -> Handler:
    """Return the handler."""
    return whoami


def _address(query: Query) -> Section:
    packed = ip_address(_without_zone(query.client)).packed
    rdata = A(packed) if len(packed) == 4 else AAAA(packed)
    return (RRset(query.name, 0, (rdata,), query.question.rrclass),)


def _port(query: Query) -> Section:
    """The SRV record with the client's port; () below a name so long that no label fits in front of it."""
    try:
        owner = query.name.prefixed(b"_" + query.client.transport.proto.encode())
    except ValueError:
        return ()
    return (RRset(owner, 0, (SRV(0, 0, query.client.port, ROOT),), query.question.rrclass),)


def _without_zone(client: Client) -> str:
    return client.address.partition("%")[0]
