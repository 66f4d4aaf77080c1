"""Logging what the rest of the chain raises; the reply is not touched."""

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Self

from clusterdns.dns.constants import Rcode, type_text
from clusterdns.dns.name import Name
from clusterdns.plugin import BackendFailure, Context, Next, Query, Reply
from clusterdns_plugins.errors.config import Settings
from clusterdns_plugins.errors.consolidator import CallLater, Consolidator, Timer

__all__ = ["Errors", "build"]


class Errors:
    """A line for every failure: `RCODE NAME TYPE: text`, as CoreDNS writes it.

    Summaries still open are logged when it is left; what fails after that is logged line by line.
    """

    def __init__(self, settings: Settings, *, call_later: CallLater) -> None:
        self._logger = logging.getLogger("clusterdns.plugin.errors")
        self._stacktrace = settings.stacktrace
        self._consolidators = tuple(
            Consolidator(wanted, self._logger, call_later=call_later) for wanted in settings.consolidations
        )

    async def __call__(self, query: Query, next: Next) -> Reply:
        try:
            return await next(query)
        except BackendFailure as failure:
            self._report(query, failure, text=str(failure), rcode=failure.rcode)
            raise
        except Exception as error:
            self._report(query, error, text=f"{type(error).__name__}: {error}", rcode=Rcode.SERVFAIL)
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        consolidators, self._consolidators = self._consolidators, ()
        for consolidator in consolidators:
            consolidator.flush()

    def _report(self, query: Query, error: Exception, *, text: str, rcode: int) -> None:
        level = logging.ERROR
        kind = next((c for c in self._consolidators if c.wanted.pattern.occurs_in(text)), None)
        if kind is not None:
            if not kind.count():
                return
            level = kind.wanted.level
        self._logger.log(
            level,
            "%d %s %s: %s",
            rcode,
            Name(query.name.key),
            type_text(query.rtype),
            text,
            exc_info=error if self._stacktrace else None,
        )


def build(settings: Settings, context: Context) -> Errors:
    """Make the handler; its periods run on the event loop's clock."""
    return Errors(settings, call_later=_call_later)


def _call_later(delay: float, callback: Callable[[], None], /) -> Timer:
    return asyncio.get_running_loop().call_later(delay, callback)
