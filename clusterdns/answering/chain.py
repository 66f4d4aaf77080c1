"""Composing handlers into one callable, and running it without a task as long as nothing waits.

A chain starts inside the reader's call-back: `run` drives the coroutine by hand. Handlers of plugins
that never wait (`inline`) finish right there, which saves the price of a task for an ordinary query.
In front of the first plugin that may wait stands a *threshold*: it suspends once, the coroutine becomes
a real `asyncio.Task`, and from there on time-outs, task groups, cancellation and context variables work
as in any asyncio program.
"""

import traceback
from collections.abc import Callable, Coroutine, Generator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from clusterdns.answering.origin import Origin
from clusterdns.corefile import Position
from clusterdns.dns.constants import Rcode
from clusterdns.dns.edns import ExtendedError, ExtendedErrorCode
from clusterdns.plugin import AnyPlugin, BackendFailure, Handler, Next, Query, Reply

__all__ = ["Link", "NotAReply", "compose", "culprit_of", "run"]

T = TypeVar("T")

NOBODY_ANSWERS: Final = "no plugin of this server block answers it"
"""What clients are told behind the last plugin, beside SERVFAIL (RFC 8914)."""

EMPTY: Final = Reply(
    rcode=Rcode.REFUSED,
    authoritative=False,
    extended_errors=(ExtendedError(ExtendedErrorCode.OTHER, "this server block has no plugin that answers"),),
)
"""REFUSED, as CoreDNS says of a block without handlers."""


class NotAReply(TypeError):
    """A handler returned something else; the text says what."""


class Link(NamedTuple):
    """One place in a chain: the plugin's spec, the handler built from it, where the Corefile names it."""

    plugin: AnyPlugin
    handler: Handler
    position: Position | None = None


def end_of_chain(last: str) -> Next:
    """The end behind the plugin called `last`: it raises. The text of the error is the one that CoreDNS logs,
    since patterns of `errors { consolidate }` match it."""

    async def end(_query: Query) -> Reply:
        raise BackendFailure(
            f"plugin/{last}: no next plugin found",
            extended_error=ExtendedErrorCode.OTHER,
            client_text=NOBODY_ANSWERS,
        )

    return end


async def empty_chain(_query: Query) -> Reply:
    """Stand where a server block has no handler at all: it serves the zone but answers nothing."""
    return EMPTY


def compose(links: Sequence[Link]) -> Next:
    """The chain of `links`, first to last, as one callable."""
    following: Next = end_of_chain(links[-1].plugin.name) if links else empty_chain
    waiting = next((place for place, link in enumerate(links) if not link.plugin.inline), None)
    for place, link in reversed(list(enumerate(links))):
        following = _Bound(link, following)
        if place == waiting:
            following = _behind_threshold(following)
    return following


def run(
    coroutine: Coroutine[Any, Any, T], start_task: Callable[[Coroutine[Any, Any, T]], object]
) -> T | None:
    """Drive `coroutine` until it ends or waits.

    Returns its result if it never waited. Otherwise `start_task` gets a coroutine that goes on with it
    and must make a task of it at once, and None is returned.

    Raises:
        BaseException: what the coroutine raises before it waits.
    """
    try:
        awaited = coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    start_task(coroutine if awaited is None else _resumed(coroutine, awaited))
    return None


def culprit_of(error: BaseException) -> Origin | None:
    """The plugin whose handler `error` came out of first; None if it came out of none.

    Plugins that it then passed through, on the way out of the chain, are not to blame.
    """
    found = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code is _Bound.__call__.__code__:
            found = frame.f_locals["self"]
    return found.origin if isinstance(found, _Bound) else None


class _Threshold:
    """Awaiting it suspends once, with nothing to wait for."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        yield


class _Step:
    """Awaiting it yields `awaited` to the event loop, as the suspended coroutine did before."""

    __slots__ = ("_awaited",)

    def __init__(self, awaited: object) -> None:
        self._awaited = awaited

    def __await__(self) -> Generator[object, Any, Any]:
        return (yield self._awaited)


async def _resumed(coroutine: Coroutine[Any, Any, T], awaited: object) -> T:
    """Go on with a coroutine that already waits for `awaited`: an inline plugin that did wait."""
    while True:
        try:
            value = await _Step(awaited)
        except BaseException as error:  # noqa: BLE001 - whatever is thrown in belongs to the coroutine
            step: Callable[[], object] = _throwing(coroutine, error)
        else:
            step = _sending(coroutine, value)
        try:
            awaited = step()
        except StopIteration as stop:
            result: T = stop.value
            return result


def _throwing(coroutine: Coroutine[Any, Any, Any], error: BaseException) -> Callable[[], object]:
    return lambda: coroutine.throw(error)


def _sending(coroutine: Coroutine[Any, Any, Any], value: object) -> Callable[[], object]:
    return lambda: coroutine.send(value)


class _Bound:
    """A handler and what is next to it, as one callable. It stands in the traceback of what they raise."""

    __slots__ = ("_following", "_handler", "origin")

    def __init__(self, link: Link, following: Next) -> None:
        self.origin = Origin(link.plugin.name, link.position)
        self._handler = link.handler
        self._following = following

    async def __call__(self, query: Query) -> Reply:
        reply = await self._handler(query, self._following)
        if type(reply) is not Reply:
            _refuse(reply)
        return reply


def _refuse(returned: object) -> None:
    if not isinstance(returned, Reply):
        raise NotAReply(f"its handler returned {_shown(returned)} instead of a Reply")


def _shown(returned: object) -> str:
    return "None" if returned is None else f"a {type(returned).__name__}"


def _behind_threshold(following: Next) -> Next:
    async def threshold(query: Query) -> Reply:
        await _Threshold()
        return await following(query)

    return threshold
