"""DNS messages as frozen values (RFC 1035 section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from clusterdns.dns.constants import Flag, RRClass, class_text, type_text
from clusterdns.dns.edns import Edns
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import Rdata

__all__ = ["Message", "Question", "RRset", "Section"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question: a name, a type, a class."""

    name: Name
    rtype: int
    rrclass: int = RRClass.IN

    def to_text(self) -> str:
        """`name class type`, as dig prints it."""
        return f"{self.name} {class_text(self.rrclass)} {type_text(self.rtype)}"


@dataclass(frozen=True, slots=True)
class RRset:
    """Records of one owner, type and class, with the one TTL that they share (RFC 2181 section 5).

    `ttl` is in seconds. There is at least one record, and all are of the same type.
    """

    owner: Name
    ttl: int
    rdatas: tuple[Rdata, ...]
    rrclass: int = RRClass.IN

    @property
    def rtype(self) -> int:
        """The type of the records."""
        return self.rdatas[0].rtype

    def to_text(self) -> str:
        """One zone-file line a record."""
        return "\n".join(self.lines())

    def lines(self) -> Iterable[str]:
        """The zone-file lines."""
        head = f"{self.owner} {self.ttl} {class_text(self.rrclass)} {type_text(self.rtype)}"
        return (f"{head} {rdata.to_text()}" for rdata in self.rdatas)


Section = tuple[RRset, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A whole message. `rcode` has 12 bits; those above the fourth travel in `edns` (RFC 6891).

    The OPT record is `edns` and not part of `additional`.
    """

    id: int = 0
    opcode: int = 0
    flags: int = 0
    rcode: int = 0
    question: tuple[Question, ...] = ()
    answer: Section = ()
    authority: Section = ()
    additional: Section = ()
    edns: Edns | None = None

    @property
    def is_response(self) -> bool:
        """The QR bit."""
        return bool(self.flags & Flag.QR)
