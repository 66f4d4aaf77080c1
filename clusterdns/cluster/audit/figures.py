"""Counts of the audits of one resource, for metrics."""

from dataclasses import dataclass


@dataclass(slots=True)
class AuditFigures:
    """Counts since the start: audits that came to their end; those that failed, and those given up since the
    API server asked for less; objects that were missed; octets received in all.
    octets_last: octets of the last audit that came to its end.
    """

    done: int = 0
    failed: int = 0
    suspended: int = 0
    missed: int = 0
    octets: int = 0
    octets_last: int = 0
