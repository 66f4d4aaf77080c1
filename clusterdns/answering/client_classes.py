"""The class of a client, combined of the classes that the plugins of a listener give it."""

from collections.abc import Hashable, Iterable
from typing import Final

from clusterdns.answering.observer_faults import ObserverFaults
from clusterdns.capabilities import ClassifiesClients
from clusterdns.plugin import Client

__all__ = ["NO_CLASS", "ClientClasses"]

NO_CLASS: Final = b""
"""The class of all clients where no plugin tells them apart."""

MOST_CLASSES: Final = 65_536
"""Classes that are known at once; clients of further ones are remembered nothing for."""

NUMBER_OCTETS: Final = 3


class ClientClasses:
    """Asks all `parts` that classify clients; a bug of theirs is reported to `faults`.

    A class is given as a few octets, which stand in front of the key of a packet cache.
    """

    def __init__(self, parts: Iterable[object], faults: ObserverFaults) -> None:
        self._parts = tuple(part for part in parts if isinstance(part, ClassifiesClients))
        self._faults = faults
        self._numbers: dict[tuple[Hashable, ...], bytes] = {}

    def __bool__(self) -> bool:
        """Whether any part classifies clients."""
        return bool(self._parts)

    def of(self, client: Client) -> bytes | None:
        """The class of `client`: of two clients of one class, either may have what the other was answered.
        None if it cannot be told: nothing remembered is for that client, nor is its reply remembered."""
        found: list[Hashable] = []
        for part in self._parts:
            try:
                found.append(part.client_class(client))
            except Exception as bug:  # noqa: BLE001 - the code of others
                self._faults.report(part, bug)
                return None
        return self._number(tuple(found))

    def _number(self, found: tuple[Hashable, ...]) -> bytes | None:
        number = self._numbers.get(found)
        if number is None and len(self._numbers) < MOST_CLASSES:
            number = self._numbers[found] = len(self._numbers).to_bytes(NUMBER_OCTETS)
        return number
