"""Pages of lists, which come whole though they are large."""

from collections.abc import Iterator
from typing import Final

import msgspec

from clusterdns.cluster.api.errors import ApiProtocolError

PIECE: Final = 256 * 1024
"""Octets of a list that are split at once: a fraction of a millisecond."""

ITEMS: Final = b'"items":['
BETWEEN: Final = b'},{"metadata":{'
"""What stands between two items as an API server writes them. It cannot stand inside a string, where quotes
are escaped; where it stands deeper in an object, what is cut there is no JSON, which is noticed."""


class PageMetadata(msgspec.Struct, frozen=True, rename="camel"):
    resource_version: str | None = None
    continue_: str | None = msgspec.field(name="continue", default=None)


class PageHead(msgspec.Struct, frozen=True):
    metadata: PageMetadata


class Page(PageHead, frozen=True):
    items: list[msgspec.Raw] | None = None


_pages: Final = msgspec.json.Decoder(Page)
_heads: Final = msgspec.json.Decoder(PageHead)
_pieces: Final = msgspec.json.Decoder(list[msgspec.Raw])


class PageReader:
    """A page of a list, its items in pieces, so that the reader can pause between two of them.

    version: the list's. token: what asks for the next page, "" on the last.
    """

    def __init__(self, body: bytes) -> None:
        """Raises ApiProtocolError if `body` is no list."""
        self._body = body
        try:
            self._whole = None if len(body) > 2 * PIECE and self._can_be_cut() else _pages.decode(body)
            head = self._whole or _heads.decode(body[: self._first] + b"]}")
        except msgspec.MsgspecError as error:
            raise ApiProtocolError(f"the API server sent something that is no list: {error}") from error
        self.version = head.metadata.resource_version or ""
        self.token = head.metadata.continue_ or ""

    def pieces(self) -> Iterator[list[msgspec.Raw]]:
        """The items. Some may come twice, if cutting has to be given up.

        Raises:
            ApiProtocolError: the list is broken off or damaged.
        """
        if self._whole is not None:
            yield self._whole.items or []
            return
        try:
            yield from self._cut()
        except msgspec.MsgspecError:
            yield self._at_once()

    def _can_be_cut(self) -> bool:
        self._first = self._body.find(ITEMS, 0, PIECE) + len(ITEMS)
        return self._first >= len(ITEMS)

    def _cut(self) -> Iterator[list[msgspec.Raw]]:
        body, start = self._body, self._first
        while (end := body.find(BETWEEN, start + PIECE)) >= 0:
            yield _pieces.decode(b"[" + body[start : end + 1] + b"]")
            start = end + 2
        end = body.rindex(b"]", start) if b"]" in body[start:] else len(body)
        yield _pieces.decode(b"[" + body[start:end] + b"]")

    def _at_once(self) -> list[msgspec.Raw]:
        try:
            return _pages.decode(self._body).items or []
        except msgspec.MsgspecError as error:
            raise ApiProtocolError(f"the API server sent a list that is damaged: {error}") from error
