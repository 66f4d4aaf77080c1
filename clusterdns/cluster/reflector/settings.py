"""What is wanted of an API server: value semantics, so that equal settings share one table."""

from dataclasses import dataclass, field
from typing import Final

from clusterdns.cluster.api.settings import ApiSettings

DEFAULT_STARTUP_SECONDS: Final = 5.0
"""As in CoreDNS."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """Which API server, what of it, and after how many seconds a start that takes long is spoken of."""

    api: ApiSettings = field(default_factory=ApiSettings)
    selection: Selection = field(default_factory=Selection)
    startup_seconds: float = DEFAULT_STARTUP_SECONDS
