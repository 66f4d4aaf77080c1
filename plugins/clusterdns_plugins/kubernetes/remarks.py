"""Extended errors of answers (RFC 8914), and the lower TTL of answers from an old table.

    code  when                                                                             on
    0     the name does not exist, or has no records of that type: why                     negative answers
    3     nothing was heard of the API server for three minutes, or all is a snapshot's    every answer
    14    the first sync is not done, so nothing is known                                  SERVFAIL

None is on a plain success. The server sends them to clients that speak EDNS, to no others.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from clusterdns.dns.edns import ExtendedError, ExtendedErrorCode
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes import reasons
from clusterdns_plugins.kubernetes.found import Found
from clusterdns_plugins.kubernetes.reasons import Reasons
from clusterdns_plugins.kubernetes.zones import Place

NOT_READY: Final = ExtendedError(ExtendedErrorCode.NOT_READY, "the cluster's objects are not known yet")
STALE: Final = ExtendedError(
    ExtendedErrorCode.STALE_ANSWER, "the API server is silent, this may be out of date"
)
FROM_SNAPSHOT: Final = ExtendedError(
    ExtendedErrorCode.STALE_ANSWER, "from a snapshot, the API server has not confirmed it yet"
)

SNAPSHOT_TTL: Final = 5
"""Seconds at the most for what a snapshot says: it is about to be confirmed or put right."""


class Freshness(Protocol):
    """The freshness of the table. A change of either property touches all of the table's rows."""

    @property
    def stale(self) -> bool:
        """Whether answers may be of an older state."""
        ...

    @property
    def from_snapshot(self) -> bool:
        """Whether the table is that of a snapshot, of which the API server has confirmed nothing yet."""
        ...


@dataclass(frozen=True, slots=True)
class Fresh:
    """The freshness of manifests, which are never stale."""

    stale: bool = False
    from_snapshot: bool = False


ALWAYS_FRESH: Final = Fresh()


class Remarks:
    """Chooses the extended errors and the TTL of an answer; `enabled` False turns the errors off."""

    __slots__ = ("_enabled", "_freshness", "_reasons")

    def __init__(self, reasons_of: Reasons, freshness: Freshness, *, enabled: bool) -> None:
        self._reasons = reasons_of
        self._freshness = freshness
        self._enabled = enabled

    def ttl(self, configured: int) -> int:
        """The TTL of an answer that is made now."""
        return min(configured, SNAPSHOT_TTL) if self._freshness.from_snapshot else configured

    def any(self) -> tuple[ExtendedError, ...]:
        """The errors of every answer: none as long as the table is fresh."""
        if not self._enabled or not self._freshness.stale:
            return ()
        return (FROM_SNAPSHOT,) if self._freshness.from_snapshot else (STALE,)

    def missing(self, place: Place, *, noted: Noted) -> tuple[ExtendedError, ...]:
        """The errors for a name that does not exist."""
        return (*self.any(), self._reasons.missing(place, noted=noted)) if self._enabled else ()

    def no_data(self, found: Found) -> tuple[ExtendedError, ...]:
        """The errors for a type that a name does not have."""
        return (*self.any(), reasons.no_data(found)) if self._enabled else ()

    def dangling(self) -> tuple[ExtendedError, ...]:
        """The errors for an alias whose target does not exist."""
        return (*self.any(), reasons.NO_ADDRESS_BEHIND) if self._enabled else ()

    def not_ready(self) -> tuple[ExtendedError, ...]:
        """The errors for a name that is unknown before the first sync."""
        return (NOT_READY,) if self._enabled else ()
