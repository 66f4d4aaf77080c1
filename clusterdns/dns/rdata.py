"""Record data, one frozen class a type; whatever is not here is `Opaque` (RFC 3597)."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import ClassVar, TypeAlias

from clusterdns.dns.constants import RRType
from clusterdns.dns.name import Name

__all__ = ["AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", "A", "Opaque", "Rdata"]


@dataclass(frozen=True, slots=True)
class A:
    """An IPv4 address, packed: 4 octets (RFC 1035 section 3.4.1)."""

    rtype: ClassVar[int] = RRType.A
    address: bytes

    def __post_init__(self) -> None:
        if len(self.address) != 4:
            raise ValueError(f"an IPv4 address has 4 octets, not {len(self.address)}")

    def to_text(self) -> str:
        """Dotted decimal."""
        return str(IPv4Address(self.address))


@dataclass(frozen=True, slots=True)
class AAAA:
    """An IPv6 address, packed: 16 octets (RFC 3596 section 2.2)."""

    rtype: ClassVar[int] = RRType.AAAA
    address: bytes

    def __post_init__(self) -> None:
        if len(self.address) != 16:
            raise ValueError(f"an IPv6 address has 16 octets, not {len(self.address)}")

    def to_text(self) -> str:
        """The canonical text form (RFC 5952)."""
        return str(IPv6Address(self.address))


@dataclass(frozen=True, slots=True)
class NS:
    """A name server of a zone (RFC 1035 section 3.3.11)."""

    rtype: ClassVar[int] = RRType.NS
    target: Name

    def to_text(self) -> str:
        """The target."""
        return self.target.to_text()


@dataclass(frozen=True, slots=True)
class CNAME:
    """The canonical name of an alias (RFC 1035 section 3.3.1)."""

    rtype: ClassVar[int] = RRType.CNAME
    target: Name

    def to_text(self) -> str:
        """The target."""
        return self.target.to_text()


@dataclass(frozen=True, slots=True)
class PTR:
    """A pointer, mostly from an address to a name (RFC 1035 section 3.3.12)."""

    rtype: ClassVar[int] = RRType.PTR
    target: Name

    def to_text(self) -> str:
        """The target."""
        return self.target.to_text()


@dataclass(frozen=True, slots=True)
class MX:
    """A mail exchange (RFC 1035 section 3.3.9)."""

    rtype: ClassVar[int] = RRType.MX
    preference: int
    exchange: Name

    def to_text(self) -> str:
        """Preference and exchange."""
        return f"{self.preference} {self.exchange}"


@dataclass(frozen=True, slots=True)
class SRV:
    """The location of a service (RFC 2782)."""

    rtype: ClassVar[int] = RRType.SRV
    priority: int
    weight: int
    port: int
    target: Name

    def to_text(self) -> str:
        """Priority, weight, port and target."""
        return f"{self.priority} {self.weight} {self.port} {self.target}"


@dataclass(frozen=True, slots=True)
class TXT:
    """One or more character strings of at most 255 octets (RFC 1035 section 3.3.14)."""

    rtype: ClassVar[int] = RRType.TXT
    strings: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not self.strings or any(len(string) > 255 for string in self.strings):
            raise ValueError("TXT holds one or more strings of at most 255 octets")

    def to_text(self) -> str:
        """The strings, quoted."""
        return " ".join(f'"{_quoted(string)}"' for string in self.strings)


@dataclass(frozen=True, slots=True)
class SOA:
    """The start of a zone of authority (RFC 1035 section 3.3.13); times in seconds."""

    rtype: ClassVar[int] = RRType.SOA
    mname: Name
    rname: Name
    serial: int
    refresh: int
    retry: int
    expire: int
    minimum: int

    def to_text(self) -> str:
        """The seven fields in their order."""
        times = f"{self.serial} {self.refresh} {self.retry} {self.expire} {self.minimum}"
        return f"{self.mname} {self.rname} {times}"


@dataclass(frozen=True, slots=True)
class Opaque:
    """Data of a type that is not read, kept as it came and never compressed (RFC 3597 section 4)."""

    rtype: int
    data: bytes

    def to_text(self) -> str:
        r"""The generic form `\# length hex` (RFC 3597 section 5)."""
        return f"\\# {len(self.data)} {self.data.hex()}".rstrip()


Rdata: TypeAlias = A | AAAA | NS | CNAME | PTR | MX | SRV | TXT | SOA | Opaque


def _quoted(string: bytes) -> str:
    return "".join(
        f"\\{chr(octet)}" if octet in b'"\\' else chr(octet) if 0x20 <= octet <= 0x7E else f"\\{octet:03d}"
        for octet in string
    )
