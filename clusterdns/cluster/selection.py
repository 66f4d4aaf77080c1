"""Which objects of an API server are wanted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which objects.

    namespaces: what is in these only, asked for one by one; all if empty.
    labels: a selector, in its text form, for all but Namespaces; namespace_labels: one for Namespaces. ""
    selects everything.
    endpoints: whether slices are watched; headless_only: those of headless Services only. pods: whether Pods
    are. imports: whether ServiceImports and their slices are.
    """

    namespaces: frozenset[str] = frozenset()
    labels: str = ""
    namespace_labels: str = ""
    endpoints: bool = True
    headless_only: bool = False
    pods: bool = False
    imports: bool = False
