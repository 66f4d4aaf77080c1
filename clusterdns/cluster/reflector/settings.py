"""What is wanted of an API server: value semantics, so that equal settings share one table."""

from dataclasses import dataclass, field
from typing import Final

from clusterdns.cluster.api.settings import ApiSettings
from clusterdns.cluster.selection import Selection

DEFAULT_STARTUP_SECONDS: Final = 5.0
"""As in CoreDNS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """Which API server, what of it, and after how many seconds a start that takes long is spoken of."""

    api: ApiSettings = field(default_factory=ApiSettings)
    selection: Selection = field(default_factory=Selection)
    startup_seconds: float = DEFAULT_STARTUP_SECONDS
