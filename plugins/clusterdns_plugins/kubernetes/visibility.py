"""The Namespaces that a configuration shows."""

from clusterdns.cluster import Table
from clusterdns.rows import Noted


class Visibility:
    """The Namespaces that may be named: those of the option `namespaces` (none given: all) that exist.

    Which of them exist as far as `namespace_labels` goes is decided where the table is filled.
    """

    __slots__ = ("_names", "_table")

    def __init__(self, names: frozenset[str], table: Table) -> None:
        self._names = names
        self._table = table

    def is_configured(self, namespace: str) -> bool:
        """Whether the option `namespaces` allows it. For PTR records nothing else counts, as in CoreDNS."""
        return not self._names or namespace in self._names

    def shows(self, namespace: str, *, noted: Noted) -> bool:
        """Whether names in the Namespace exist."""
        return self.is_configured(namespace) and self._table.namespace(namespace, noted=noted) is not None
