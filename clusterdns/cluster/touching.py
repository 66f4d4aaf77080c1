"""Rows: how look-ups name them, and which ones a changed object touches."""

from collections.abc import Iterator
from typing import Final

from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.kinds.endpoint_slice import ENDPOINT_IP
from clusterdns.cluster.objects import EndpointSlice
from clusterdns.cluster.replacement import Replacement
from clusterdns.rows import Row

SYNCED: Final = ("synced",)


def touched_rows(change: Replacement) -> Iterator[set[Row]]:
    """Every row whose look-ups may differ after it, if the two objects differ in content, piece by piece."""
    item = change.new or change.old
    if item is None:
        return
    spec = SPECS[type(item)]
    yield {row for side in (change.old, change.new) if side is not None for row in spec.rows(side)}
    if isinstance(item, EndpointSlice):
        for addresses in change.addresses_changed():
            yield {ENDPOINT_IP + address for address in addresses}
    elif spec.address_row:
        for addresses in change.addresses_changed():
            yield {(spec.address_row, address) for address in addresses}
