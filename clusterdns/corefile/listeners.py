"""Which server blocks may share a listener: each zone once, and either bound or unbound.

Addresses come from a plugin, so the caller makes the claims, in the order of the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clusterdns.corefile.errors import CorefileError, Position
from clusterdns.corefile.model import Key

UNBOUND = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One zone that a block wants to serve on one listener.

    `address` is UNBOUND for all addresses. `filtered` blocks (by a view) may share a zone.
    """

    scheme: str
    zone: str
    port: int
    address: str
    position: Position
    filtered: bool = False

    def __str__(self) -> str:
        place = f" on {self.address}" if self.address != UNBOUND else ""
        return f"{self.scheme}://{self.zone}:{self.port}{place}"


def claims_of(
    key: Key, *, addresses: Iterable[str] = (UNBOUND,), dns_port: int = 53, filtered: bool = False
) -> tuple[Claim, ...]:
    """A claim for each zone of a key on each address."""
    port = key.resolve(dns_port)
    return tuple(
        Claim(
            scheme=key.scheme, zone=zone, port=port, address=address, position=key.position, filtered=filtered
        )
        for zone in key.zones
        for address in addresses
    )


def conflicts(claims: Iterable[Claim]) -> tuple[CorefileError, ...]:
    """An error for each claim that an earlier one excludes, as CoreDNS does."""
    errors: list[CorefileError] = []
    taken: dict[tuple[str, str, int], dict[str, Claim]] = {}
    for claim in claims:
        others = taken.setdefault((claim.scheme, claim.zone, claim.port), {})
        reason = _excluded(claim, others)
        if reason:
            errors.append(CorefileError(claim.position, reason))
        elif not claim.filtered:
            others[claim.address] = claim
    return tuple(errors)


def _excluded(claim: Claim, others: dict[str, Claim]) -> str:
    if claim.address in others:
        if claim.filtered:
            return ""
        return f"{claim} is served already, by the server block at {others[claim.address].position}"
    if others and claim.address == UNBOUND:
        bound = next(iter(others.values()))
        return f"{claim} cannot be served on all addresses: {bound} is bound at {bound.position}"
    if UNBOUND in others:
        return f"{claim} cannot be served: all its addresses are taken at {others[UNBOUND].position}"
    return ""
