"""Choosing among several URLs of one API server."""

from typing import Final

UNFIT: Final = frozenset({500, 502, 503})
"""Statuses that speak of the server that was asked, not of the question. 504 is the answer to a version
that is too large, and 429 asks us to wait, not to ask elsewhere."""


class Endpoints:
    """A ring of URLs, one of which is in use until it fails; then the next one is."""

    def __init__(self, urls: tuple[str, ...]) -> None:
        self._urls = urls
        self._at = 0

    @property
    def current(self) -> str:
        """The URL in use."""
        return self._urls[self._at]

    def __len__(self) -> int:
        return len(self._urls)

    def leave(self, url: str) -> None:
        """Go on to the next URL, unless `url` is not the one in use any more."""
        if url == self.current:
            self._at = (self._at + 1) % len(self._urls)
