"""The rights that the settings need at the API server."""

from clusterdns.cluster.permissions import Rule
from clusterdns_plugins.kubernetes.config import Settings


def permissions_of(settings: Settings) -> tuple[Rule, ...]:
    """The least rules; none with manifests. Selectors need no rule of their own."""
    if settings.manifests:
        return ()
    # Who reads manifests needs nothing of what follows an API server.
    from clusterdns.cluster.reflector.permissions import rules_of  # noqa: PLC0415
    from clusterdns_plugins.kubernetes.api_source import selection_of  # noqa: PLC0415

    return rules_of(selection_of(settings))
