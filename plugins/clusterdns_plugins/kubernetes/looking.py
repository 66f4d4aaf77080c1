"""The bound of the work for one question: what is larger is answered in part, or not at all.

Look-ups use an index, or a column that is searched as one value. But a tenant who may create slices can give
a Service a hundred thousand endpoints of one address, or ports of another name in each of 16,000 slices. Only
questions for that Service are the worse for it.
"""

from typing import Final

from clusterdns.dns.edns import ExtendedErrorCode
from clusterdns.plugin import BackendFailure

MOST: Final = 20_000
"""Units of about a tenth of a microsecond: 2 ms, as making and writing records costs something, too."""

SEARCH: Final = 25
"""Searching the columns of a slice."""

NUMBER: Final = 4
"""Finding an endpoint in the columns of a slice."""

ENDPOINT: Final = 14
"""Naming an endpoint."""

NAME: Final = 40
"""Making a name and its record, and writing them."""

SERVICE: Final = 30
"""Looking up one Service after the other."""


class TooLarge(BackendFailure):
    """Too much would have to be looked at to find out whether the name or type exists."""

    def __init__(self) -> None:
        super().__init__("too large to be searched", extended_error=ExtendedErrorCode.OTHER)


class Looking:
    """The units of work that are left for one question; `gave_up` once they were not enough."""

    __slots__ = ("_left", "gave_up")

    def __init__(self, most: int = MOST) -> None:
        self._left = most
        self.gave_up = False

    def may(self, units: int) -> bool:
        """Spend units. False if there are none left: then stop looking."""
        self._left -= units
        if self._left < 0:
            self.gave_up = True
        return not self.gave_up
