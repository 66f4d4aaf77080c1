"""What is logged of the watching of one resource: each change of state once, not each attempt."""

import logging
from typing import Final

from clusterdns.cluster.reflector.health.freshness import ResourceFreshness

MOST_SENTENCES: Final = 8

_log = logging.getLogger(__name__)


class FaultLog:
    """Tells the log and Freshness how it goes. `resource` is how the log calls it."""

    def __init__(self, resource: str, freshness: ResourceFreshness) -> None:
        self._resource = resource
        self._freshness = freshness
        self._said: set[str] = set()

    def failed(self, sentence: str) -> None:
        """It cannot be followed at present."""
        self._freshness.failed(sentence)
        if sentence in self._said or len(self._said) >= MOST_SENTENCES:
            return
        first = not self._said
        self._said.add(sentence)
        known = ", what is known of them is served on" if self._freshness.synced and first else ""
        _log.warning("%s are not followed%s: %s", self._resource, known, sentence)

    def recovered(self) -> None:
        """It is followed again."""
        self._freshness.recovered()
        if self._said:
            self._said.clear()
            _log.info("%s are followed again", self._resource)

    def listing_again(self, why: str) -> None:
        """Ordinary, but worth a line."""
        _log.info("%s are listed again: %s", self._resource, why)
