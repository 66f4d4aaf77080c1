"""Observes queries and replies, and logs those that a rule wants."""

import logging
from collections.abc import Callable

from clusterdns.capabilities import Hit
from clusterdns.dns.constants import Rcode
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.plugin import BackendFailure, Context, Next, Query, Reply
from clusterdns_plugins.log.config import Rule, Settings
from clusterdns_plugins.log.kinds import class_of, kind_of
from clusterdns_plugins.log.logged_query import LoggedQuery

__all__ = ["Log", "build"]

LABEL_KIND = "log/type"
LABEL_CLASS = "log/class"


class Log:
    """A line for each query that a rule wants; the first rule whose name fits decides.

    `monotonic` is the clock of durations, `time` is Unix time, both in seconds.
    """

    def __init__(
        self, rules: tuple[Rule, ...], *, monotonic: Callable[[], float], time: Callable[[], float]
    ) -> None:
        self._rules = rules
        self._monotonic = monotonic
        self._time = time
        self._logger = logging.getLogger("clusterdns.plugin.log")

    async def __call__(self, query: Query, next: Next) -> Reply:
        rule = self._rule_for(query.name)
        if rule is None:
            return await next(query)
        started = self._monotonic()
        try:
            reply = await next(query)
        except Exception as error:
            rcode = error.rcode if isinstance(error, BackendFailure) else Rcode.SERVFAIL
            failed = Reply(rcode=rcode, authoritative=False)
            self._log(rule, LoggedQuery.of(query, failed, duration=self._monotonic() - started))
            raise
        self._log(rule, LoggedQuery.of(query, reply, duration=self._monotonic() - started))
        return reply

    def on_hit(self, hit: Hit) -> None:
        """Log a query that was answered from memory."""
        request = read_message(hit.request)
        rule = self._rule_for(request.question[0].name)
        if rule is not None:
            self._log(rule, LoggedQuery.of_messages(request, read_message(hit.reply), hit.client))

    def _rule_for(self, name: Name) -> Rule | None:
        for rule in self._rules:
            if name.is_subdomain_of(rule.scope):
                return rule
        return None

    def _log(self, rule: Rule, logged: LoggedQuery) -> None:
        edns = logged.request.edns
        kind = kind_of(logged.reply, dnssec_ok=edns is not None and edns.dnssec_ok, now=self._time())
        group = class_of(kind)
        if rule.wants(group):
            metadata = {LABEL_KIND: kind.value, LABEL_CLASS: group.value}
            self._logger.info("%s", rule.format.line(logged, metadata))


def build(settings: Settings, context: Context) -> Log:
    """Make the handler."""
    return Log(settings.rules, monotonic=context.monotonic, time=context.time)
