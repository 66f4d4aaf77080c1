"""Opening the sockets of a listener, and saying in a sentence why one cannot be opened."""

import errno
import logging
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple

from clusterdns.connections import BACKLOG
from clusterdns.corefile.listeners import UNBOUND
from clusterdns.transports.addresses import Endpoint, ListenAddress
from clusterdns.transports.errors import StartError
from clusterdns.transports.receive_buffer import enlarge
from clusterdns.transports.table import SCHEMES

__all__ = ["Sockets", "open_all"]

EPHEMERAL_TRIES: Final = 20
"""How often another port is tried when port 0 gave one to one transport that is taken for another one."""

_log = logging.getLogger("clusterdns.server")


class Sockets(NamedTuple):
    """A listener's sockets, on one address and port: one for each transport of its scheme, in that order."""

    endpoint: Endpoint
    bound: tuple[socket.socket, ...]

    def close(self) -> None:
        """Close all of them."""
        for each in self.bound:
            each.close()


def open_all(addresses: Iterable[ListenAddress]) -> tuple[Sockets, ...]:
    """Open what the scheme of every address says, or nothing at all. Port 0 takes any free port.

    An address that another process serves is an error even where the kernel would let both have it: each
    is first opened without SO_REUSEPORT. It is then set only where several of our own addresses share a
    port, so that one address and the wildcard can stand side by side.

    Raises:
        StartError: an address is in use, is not this machine's, or the port needs privileges.
    """
    wanted = tuple(addresses)
    ports = [address.endpoint.port for address in wanted if address.endpoint.port]
    opened: list[Sockets] = []
    try:
        for address in wanted:
            port = address.endpoint.port
            shared = ports.count(port) > 1
            if shared and not opened_port(opened, port):
                for sibling in wanted:
                    if sibling.endpoint.port == port:
                        _open(sibling, share=False).close()
            opened.append(_open(address, share=shared))
    except StartError:
        for sockets in opened:
            sockets.close()
        raise
    return tuple(opened)


def opened_port(opened: Iterable[Sockets], port: int) -> bool:
    """Whether one of `opened` has this port."""
    return any(sockets.endpoint.port == port for sockets in opened)


def _open(address: ListenAddress, *, share: bool) -> Sockets:
    kinds = tuple(opener.kind for opener in SCHEMES[address.scheme])
    endpoint = address.endpoint
    for _ in range(EPHEMERAL_TRIES - 1):
        try:
            return _open_once(endpoint, kinds, share=share)
        except OSError as error:
            if endpoint.port or error.errno != errno.EADDRINUSE:
                raise StartError(_sentence(endpoint, error)) from error
    raise StartError(f"no port was free over both UDP and TCP on {endpoint.address or 'this machine'}")


def _open_once(endpoint: Endpoint, kinds: Sequence[socket.SocketKind], *, share: bool) -> Sockets:
    opened: list[socket.socket] = []
    try:
        for kind in kinds:
            bound = _bound(endpoint, kind, share=share)
            opened.append(bound)
            endpoint = Endpoint(endpoint.address, bound.getsockname()[1])
            if kind is socket.SOCK_STREAM:
                bound.listen(BACKLOG)
    except OSError:
        for bound in opened:
            bound.close()
        raise
    return Sockets(endpoint, tuple(opened))


def _bound(endpoint: Endpoint, kind: socket.SocketKind, *, share: bool) -> socket.socket:
    family, host = _family(endpoint.address)
    *_, address = socket.getaddrinfo(host, endpoint.port, family, kind, 0, socket.AI_NUMERICHOST)[0]
    opened = socket.socket(family, kind)
    try:
        opened.setblocking(False)
        if share:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family is socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
        if kind is socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            enlarge(opened)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


def _family(address: str) -> tuple[socket.AddressFamily, str]:
    """The family of `address`, and what to bind: every address is one dual-stack socket on `::`. An
    IPv4-mapped address is bound as the IPv4 address that it stands for."""
    if address == UNBOUND:
        if has_ipv6():
            return socket.AF_INET6, "::"
        _log.warning("this kernel has no IPv6: listening on IPv4 alone")
        return socket.AF_INET, "0.0.0.0"
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return socket.AF_INET, str(parsed.ipv4_mapped)
    return (socket.AF_INET6 if parsed.version == 6 else socket.AF_INET), address


def has_ipv6() -> bool:
    """Whether an IPv6 socket can be opened and bound here."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::", 0))
    except OSError:  # the kernel was built or booted without it
        return False
    return True


def _sentence(endpoint: Endpoint, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"{endpoint} is in use by another process: stop that one, choose another port with "
                f"-dns.port or in the keys of the Corefile, or another address with the plugin bind"
            )
        case errno.EACCES:
            return (
                f"{endpoint} needs privileges: ports below 1024 do. Choose another port with -dns.port or "
                f"in the keys of the Corefile, or grant CAP_NET_BIND_SERVICE"
            )
        case errno.EADDRNOTAVAIL:
            return f"{endpoint} is not an address of this machine: see the plugin bind in the Corefile"
        case _:
            return f"{endpoint} cannot be listened on: {error.strerror or error}"
