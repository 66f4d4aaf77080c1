"""Metrics: declared by the code that counts, read by an exporter. Nothing here depends on an exporter.

    metrics = metrics_of(context)                       # the server's; when a plugin is built
    hits = metrics.counter("coredns_cache_hits_total", "Queries answered from the cache.", ("server",))
    hits.of("dns://:53").add()                          # at run time: a look-up and an addition

Every metric is declared when its plugin is built, whether or not anything reads it, so that the list of
metrics does not depend on what has happened yet. On the path of a query, keep what `of` returns: adding to
it is a plain addition, without a lock; all of it happens in the event loop's thread.

The plugin `prometheus` exports them. Without it nothing is read and no library for it is imported.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from clusterdns.telemetry.families import Counter, Family, Gauge, Histogram

__all__ = ["Metrics", "SharingContext", "metrics_of"]

PREFIXES: Final = ("coredns_", "clusterdns_")
"""CoreDNS's where the thing measured is the same, our own elsewhere."""

T = TypeVar("T")
AnyFamily: TypeAlias = Family[Any]
FamilyT = TypeVar("FamilyT", bound=AnyFamily)


class Metrics:
    """The metrics of one server, in the order of their declaration.

    Declaring a metric again returns the one that exists, so blocks share theirs. Values of a label must come
    from a bounded set: never what a client sends.
    """

    def __init__(self) -> None:
        self._families: dict[str, AnyFamily] = {}
        self._preparations: list[Callable[[], None]] = []

    def counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        """A number that only grows. Its name ends in `_total`.

        Raises:
            ValueError: a bad name, or one that is declared otherwise already. So do the others.
        """
        if not name.endswith("_total"):
            raise ValueError(f'the name of a counter ends in "_total": {name}')
        return self._declared(Counter(name, text, tuple(labels)))

    def gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        """A number that goes up and down."""
        return self._declared(Gauge(name, text, tuple(labels)))

    def histogram(
        self,
        name: str,
        text: str,
        labels: Sequence[str] = (),
        *,
        bounds: Iterable[float],
    ) -> Histogram:
        """How values are distributed. `bounds` are the upper ones of the buckets, growing, +Inf left out."""
        return self._declared(Histogram(name, text, tuple(labels), bounds=tuple(bounds)))

    def on_export(self, prepare: Callable[[], None]) -> Callable[[], None]:
        """Call `prepare` each time before the metrics are read; the returned function ends that."""
        self._preparations.append(prepare)
        return lambda: self._preparations.remove(prepare)

    def families(self) -> Iterator[AnyFamily]:
        """Every metric, up to date."""
        for prepare in tuple(self._preparations):
            prepare()
        return iter(tuple(self._families.values()))

    def _declared(self, family: FamilyT) -> FamilyT:
        if not family.name.startswith(PREFIXES):
            raise ValueError(f"the name of a metric starts with {' or '.join(PREFIXES)}: {family.name}")
        known = self._families.setdefault(family.name, family)
        if not isinstance(known, type(family)) or known.description != family.description:
            raise ValueError(f"{family.name} is declared already, as {known.description}")
        return known


class SharingContext(Protocol):
    """A plugin's context, as far as the server's metrics and listeners are found through it."""

    def shared(self, key: Hashable, make: Callable[[], T], /) -> T:
        """The server's object for `key`; `make` makes it at the first call."""
        ...


def metrics_of(context: SharingContext) -> Metrics:
    """The metrics of the server that a plugin is built for."""
    return context.shared(Metrics, Metrics)
