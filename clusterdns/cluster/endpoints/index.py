"""Pods by label and Services by what they select, so that a change looks at few of either."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from clusterdns.cluster.objects import Names

T = TypeVar("T")
Pair = tuple[str, str, str]


class PodIndex(Generic[T]):
    """Pods by namespace and each of their labels."""

    def __init__(self) -> None:
        self._by_pair: defaultdict[Pair, dict[str, T]] = defaultdict(dict)

    def put(self, namespace: str, name: str, *, labels: Mapping[str, str], pod: T) -> None:
        """Add a Pod under its labels."""
        for key, value in labels.items():
            self._by_pair[namespace, key, value][name] = pod

    def discard(self, namespace: str, name: str, *, labels: Mapping[str, str]) -> None:
        """Take a Pod away that was put with these labels."""
        for key, value in labels.items():
            found = self._by_pair.get((namespace, key, value), {})
            found.pop(name, None)
            if not found:
                self._by_pair.pop((namespace, key, value), None)

    def selected(self, namespace: str, selector: Mapping[str, str]) -> list[T]:
        """The Pods that have all labels of a selector, which has at least one."""
        found = [self._by_pair.get((namespace, key, value), {}) for key, value in selector.items()]
        found.sort(key=len)
        first, *others = found
        return [pod for name, pod in first.items() if all(name in other for other in others)]


class SelectorIndex:
    """Services by namespace and one label of their selector."""

    def __init__(self) -> None:
        self._by_pair: defaultdict[Pair, dict[str, Mapping[str, str]]] = defaultdict(dict)

    def put(self, namespace: str, name: str, *, selector: Mapping[str, str]) -> None:
        """Add a Service; its selector has at least one label."""
        self._by_pair[_pair(namespace, selector)][name] = selector

    def discard(self, namespace: str, name: str, *, selector: Mapping[str, str]) -> None:
        """Take a Service away that was put with this selector."""
        pair = _pair(namespace, selector)
        self._by_pair[pair].pop(name, None)
        if not self._by_pair[pair]:
            del self._by_pair[pair]

    def selecting(self, namespace: str, labels: Mapping[str, str]) -> Iterator[Names]:
        """The Services that select a Pod with these labels."""
        for key, value in labels.items():
            for name, selector in self._by_pair.get((namespace, key, value), {}).items():
                if selector.items() <= labels.items():
                    yield namespace, name


def _pair(namespace: str, selector: Mapping[str, str]) -> Pair:
    key = min(selector)
    return namespace, key, selector[key]
