"""The Namespaces that a configuration shows."""

from typing import Protocol

from clusterdns.cluster import Table
from clusterdns.rows import Noted


class FindNamespace(Protocol):
    """The look-up of a Namespace by its name."""

    def __call__(self, name: str, *, noted: Noted) -> object | None:
        """Whatever is known of it; None if it does not exist."""
        ...


class Visibility:
    """The Namespaces that may be named: those of the option `namespaces` (none given: all) that exist.

    Which of them exist as far as `namespace_labels` goes is decided where the table is filled.
    """

    __slots__ = ("_names", "_table", "namespace")

    def __init__(self, names: frozenset[str], table: Table) -> None:
        self._names = names
        self._table = table
        self.namespace: FindNamespace = self._configured if names else table.namespace
        """Finds a Namespace of those that are shown."""

    def is_configured(self, namespace: str) -> bool:
        """Whether the option `namespaces` allows it. For PTR records nothing else counts, as in CoreDNS."""
        return not self._names or namespace in self._names

    def _configured(self, name: str, *, noted: Noted) -> object | None:
        return self._table.namespace(name, noted=noted) if name in self._names else None
