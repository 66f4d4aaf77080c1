"""Which addresses a server block listens on, once the machine's interfaces are known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from clusterdns.corefile import CorefileError, Token
from clusterdns.plugin import Interface

__all__ = ["Binding", "Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One line: words that are addresses or names of interfaces, and those that are taken out again."""

    wanted: tuple[Token, ...]
    excluded: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """All lines of a server block."""

    bindings: tuple[Binding, ...]

    def listen_on(self, interfaces: tuple[Interface, ...]) -> tuple[str, ...]:
        """The addresses in their order, repeated ones too, in canonical text. An interface stands for all
        of its addresses, those of link scope with their zone (`fe80::1%eth0`, RFC 4007 section 11). It
        may be that nothing is left.

        Raises:
            CorefileError: a word is neither an address nor the name of an interface.
        """
        known = {interface.name: interface.addresses for interface in interfaces}
        return tuple(address for binding in self.bindings for address in _resolve(binding, known))


def _resolve(binding: Binding, known: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    excluded = {address for word in binding.excluded for address in _addresses(word, known)}
    wanted = (address for word in binding.wanted for address in _addresses(word, known))
    return (address for address in wanted if address not in excluded)


def _addresses(word: Token, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if word.text in known:
        return tuple(_with_zone(address, word.text) for address in known[word.text])
    address = _address(word.text)
    if address is not None:
        return (address,)
    names = ", ".join(known)
    raise CorefileError(
        word.position,
        f'"bind" expects an IP address or an interface of this machine ({names}), not "{word.text}"',
    )


def _address(text: str) -> str | None:
    """The canonical text of an address without a zone: that comes with its interface, as in CoreDNS."""
    try:
        return str(ip_address(text)) if "%" not in text else None
    except ValueError:
        return None


def _with_zone(text: str, interface: str) -> str:
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.is_link_local and address.scope_id is None:
        return f"{address}%{interface}"
    return str(address)
