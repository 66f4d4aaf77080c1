"""Serving: sockets on one side, chains of plugins on the other.

    datagrams ─▶ udp.UdpListener ────────┐                       ┌─▶ packet_cache ── hit ──▶ reply octets
    streams ─▶ stream.StreamConnection ──┴▶ responder.Responder ─┤
                                             bytes → at most one ├─▶ screening.screen ── refused, malformed
                                             reply, by one call  │        │ a query
                                                                 └─▶ router ─▶ chain of the block ─▶ Reply
                                                                                        writer.write_message

    server.Server: plan listeners ─▶ build blocks ─▶ start backends and plugins ─▶ bind ─▶ serve ─▶ stop

A transport only moves octets between a socket and the responder. What a name is answered with is up to
the plugins; this room knows none of them.
"""

from clusterdns.server.checking import check, parts_of
from clusterdns.server.server import Server
from clusterdns.transports.errors import StartError

__all__ = ["Server", "StartError", "check", "parts_of"]
