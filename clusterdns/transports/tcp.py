"""DNS over TCP (RFC 7766)."""

import socket
from typing import Final

from clusterdns.plugin import Transport
from clusterdns.transports.opener import Opener, Resources
from clusterdns.transports.stream_listener import StreamListener

__all__ = ["TCP"]


def _open(bound: socket.socket, resources: Resources) -> StreamListener:
    return StreamListener(bound, resources, transport=Transport.TCP)


TCP: Final = Opener(Transport.TCP, socket.SOCK_STREAM, _open)
