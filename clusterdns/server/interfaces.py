"""The network interfaces of this machine."""

from clusterdns.plugin import Interface
from clusterdns.transports.addresses import plain

__all__ = ["read_interfaces"]


def read_interfaces() -> tuple[Interface, ...]:
    """Every interface with its addresses as text, IPv6 scopes left out."""
    import ifaddr  # noqa: PLC0415 - costs memory that a server bound to nothing special need not pay

    return tuple(
        Interface(str(adapter.name), tuple(plain(_text(ip.ip)) for ip in adapter.ips))
        for adapter in ifaddr.get_adapters()
    )


def _text(ip: str | tuple[str, int, int]) -> str:
    return ip if isinstance(ip, str) else ip[0]
