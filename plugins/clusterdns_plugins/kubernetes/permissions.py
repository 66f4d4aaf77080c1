"""Which rights the settings need at the API server."""

from clusterdns.cluster.permissions import Rule
from clusterdns_plugins.kubernetes.config import Settings
from clusterdns_plugins.kubernetes.pods import PodMode


def permissions_of(settings: Settings) -> tuple[Rule, ...]:
    """The least rules; none with manifests. Selectors need no rule of their own."""
    if settings.manifests:
        return ()
    # Who reads manifests needs nothing of what follows an API server.
    from clusterdns.cluster.reflector.permissions import rules_of  # noqa: PLC0415
    from clusterdns.cluster.reflector.settings import Selection  # noqa: PLC0415

    return rules_of(
        Selection(
            namespaces=settings.namespaces,
            endpoints=settings.endpoints,
            pods=settings.pods is PodMode.VERIFIED,
            imports=bool(settings.multicluster),
        )
    )
