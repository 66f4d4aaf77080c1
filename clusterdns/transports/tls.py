"""DNS over TLS (RFC 7858): messages in a stream, as over TCP, in connections that are encrypted at once."""

import socket
from typing import Final

from clusterdns.plugin import Transport
from clusterdns.transports.opener import Opener, Resources
from clusterdns.transports.stream_listener import StreamListener

__all__ = ["TLS"]


def _open(bound: socket.socket, resources: Resources) -> StreamListener:
    return StreamListener(bound, resources, transport=Transport.TLS)


TLS: Final = Opener(Transport.TLS, socket.SOCK_STREAM, _open)
