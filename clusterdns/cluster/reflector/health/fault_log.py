"""Log lines on the watching of one resource: each change of state once, not each attempt."""

import logging
from typing import Final

from clusterdns.cluster.reflector.health.freshness import ResourceFreshness

MOST_SENTENCES: Final = 8

_log = logging.getLogger(__name__)


class FaultLog:
    """Reports faults of one resource to the log and to its freshness.

    resource: the name that log lines begin with. At most MOST_SENTENCES sentences are logged per outage."""

    def __init__(self, resource: str, freshness: ResourceFreshness) -> None:
        self._resource = resource
        self._freshness = freshness
        self._said: set[str] = set()

    def failed(self, sentence: str) -> None:
        """Report a failed attempt. sentence: why; logged unless it was already in this outage."""
        self._freshness.failed(sentence)
        if sentence in self._said or len(self._said) >= MOST_SENTENCES:
            return
        first = not self._said
        self._said.add(sentence)
        known = ", what is known of them is served on" if self._freshness.synced and first else ""
        _log.warning("%s are not followed%s: %s", self._resource, known, sentence)

    def recovered(self) -> None:
        """Report that the resource is followed; logged if a fault was."""
        self._freshness.recovered()
        if self._said:
            self._said.clear()
            _log.info("%s are followed again", self._resource)

    def listing_again(self, why: str) -> None:
        """Log that the resource is listed again. why: an ordinary reason, which is no fault."""
        _log.info("%s are listed again: %s", self._resource, why)
