"""The files whose newest content cannot be used, so that the last good content is."""

import logging

_log = logging.getLogger(__name__)


class Refusals:
    """Keeps a sentence for each origin that has gone bad, and logs when that changes.

    An origin is a file or a pair of files, in words for the log.
    """

    def __init__(self) -> None:
        self._sentences: dict[str, str] = {}

    def refused(self, origin: str, sentence: str) -> None:
        """The newest content of `origin` cannot be used; `sentence` names it and says why."""
        if self._sentences.get(origin) != sentence:
            self._sentences[origin] = sentence
            _log.warning("%s; the last good one is used", sentence)

    def accepted(self, origin: str) -> None:
        """The newest content of `origin` is used."""
        if self._sentences.pop(origin, ""):
            _log.info("%s can be used again", origin)

    def lines(self) -> tuple[str, ...]:
        """A line for each origin that has gone bad."""
        return tuple(f"{sentence}; the last good one is used" for sentence in self._sentences.values())
