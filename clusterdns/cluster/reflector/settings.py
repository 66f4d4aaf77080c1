"""The settings of an ApiSource. They are compared by value, so that equal settings share one table."""

from dataclasses import dataclass, field
from typing import Final

from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.selection import Selection

DEFAULT_STARTUP_SECONDS: Final = 5.0
"""As in CoreDNS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """api: how to reach the API server. selection: the objects to follow. startup_seconds: after how long a
    start that is not synced yet is logged."""

    api: ApiSettings = field(default_factory=ApiSettings)
    selection: Selection = field(default_factory=Selection)
    startup_seconds: float = DEFAULT_STARTUP_SECONDS
