"""How many items to ask for at a time."""

from typing import Final

MOST_ITEMS: Final = 500
WANTED_OCTETS: Final = 16 * 1024 * 1024
"""Of a page: what an API server, and a proxy before it, has to hold for us at once."""


class PageSize:
    """Adapts to how large the objects are. items: of the next page.

    A server may ignore it where it answers from its cache, so a page may be larger all the same.
    """

    def __init__(self) -> None:
        self.items = MOST_ITEMS

    @property
    def is_full(self) -> bool:
        """Whether objects are as small as they mostly are."""
        return self.items == MOST_ITEMS

    def came(self, octets: int, items: int) -> None:
        """A page came in full."""
        fitting = WANTED_OCTETS * items // octets if octets else MOST_ITEMS
        self.items = max(1, min(MOST_ITEMS, self.items * 2, fitting))

    def broke_off(self, octets: int) -> None:
        """A page did not come in full, though so much of it did."""
        if octets > WANTED_OCTETS // 4:
            self.items = max(1, self.items // 2)
