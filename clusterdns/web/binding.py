"""Listening sockets of pages."""

import errno
import socket

from clusterdns.connections import BACKLOG

__all__ = ["bind_all"]


def bind_all(host: str | None, port: int) -> tuple[socket.socket, ...]:
    """Listen on every address of `host`; without one on every address of the machine, a socket a family.

    Raises:
        OSError: an address cannot be listened on; then none is.
    """
    flags, kind = socket.AI_PASSIVE, socket.SOCK_STREAM
    found = dict.fromkeys(socket.getaddrinfo(host, port, type=kind, flags=flags))
    bound: list[socket.socket] = []
    try:
        for family, _, _, _, address in found:
            opened = _opened(family)
            if opened is not None:
                bound.append(opened)
                opened.bind(address)
                opened.listen(BACKLOG)
    except OSError:
        for opened in bound:
            opened.close()
        raise
    return tuple(bound)


def _opened(family: socket.AddressFamily) -> socket.socket | None:
    try:
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        if error.errno == errno.EAFNOSUPPORT:  # names and wildcards have addresses that this kernel cannot
            return None
        raise
    opened.setblocking(False)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family is socket.AF_INET6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return opened
