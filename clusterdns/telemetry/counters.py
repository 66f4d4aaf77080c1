"""Counters of the request path. Plain integers: nothing on that path takes a lock or formats a label."""

from dataclasses import dataclass

__all__ = ["Counters"]


@dataclass(slots=True, kw_only=True)
class Counters:
    """Counts since the start of one server.

    panics: bugs of plugins; answered SERVFAIL, save bugs of observers.
    overloaded: queries dropped since they had to wait and too many did.
    timed_out: queries answered SERVFAIL since the chain took too long.
    unsendable: replies that the kernel refused to send.
    """

    panics: int = 0
    overloaded: int = 0
    timed_out: int = 0
    unsendable: int = 0
