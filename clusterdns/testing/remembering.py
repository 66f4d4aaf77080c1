"""Replies that a server would remember: what ends them must be among their rows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from clusterdns.answering.origin import Origin
from clusterdns.dns.message import RRset
from clusterdns.dns.rdata import SOA
from clusterdns.plugin import Query, Reply, Reuse
from clusterdns.rows import Noted

__all__ = ["Remembered", "check_ends"]

FOREVER: Final = Reuse().until


class _Kept(NamedTuple):
    reply: Reply
    noted: Noted
    origin: Origin


class Remembered:
    """The newest reply to each question of each client that may be remembered until a row changes."""

    def __init__(self) -> None:
        self._kept: dict[object, _Kept] = {}

    def mistakes(self, query: Query, reply: Reply, origin: Origin) -> Iterator[str]:
        """A line if an older reply to the same query would still be given, but is another one; the new one is
        kept then. `origin`: the plugin that made the reply.

        The serial of an SOA record may be that of its making.
        """
        key = query.question, query.client
        kept = self._kept.get(key)
        if kept is not None and kept.noted.is_current() and not _says_the_same(kept.reply, reply):
            yield (
                f"{kept.origin}: the reply to {query.question.to_text()} is another one now, but the one "
                "before was to be remembered and none of its rows was touched"
            )
        if _is_for_ever(reply):
            self._kept[key] = _Kept(reply, query.noted, origin)
        else:
            self._kept.pop(key, None)


def check_ends(query: Query, reply: Reply, origin: Origin) -> Iterator[str]:
    """A line if nothing would ever end the reply, once it is remembered: it has no row, and says no time."""
    if _is_for_ever(reply) and not query.noted.rows():
        yield (
            f"{origin}: nothing ends the reply to {query.question.to_text()}: it may be remembered, "
            "but no row was noted and `until` is not given"
        )


def _is_for_ever(reply: Reply) -> bool:
    return reply.reuse is not None and reply.reuse.until == FOREVER


def _says_the_same(kept: Reply, reply: Reply) -> bool:
    """Whether both say the same, but for what `kept` itself lets be otherwise when it is given again."""
    reuse = kept.reuse or Reuse()
    return _said(kept, reuse) == _said(reply, reuse)


def _said(reply: Reply, reuse: Reuse) -> tuple[object, ...]:
    sections = (reply.answer, reply.authority, reply.additional)
    rest = replace(reply, answer=(), authority=(), additional=(), reuse=None)
    return rest, *([_facts(rrset, reuse) for rrset in section] for section in sections)


def _facts(rrset: RRset, reuse: Reuse) -> tuple[object, ...]:
    rdatas = [replace(each, serial=0) if isinstance(each, SOA) else each for each in rrset.rdatas]
    ttl = None if reuse.counts_down else rrset.ttl
    return rrset.owner, ttl, frozenset(rdatas) if reuse.turns else rdatas
