"""The roles that a configuration needs at its API servers."""

from clusterdns.capabilities import NeedsPermissions
from clusterdns.cluster.roles import roles_yaml
from clusterdns.configuration.settings import Configuration
from clusterdns.server import parts_of

__all__ = ["roles_of"]


def roles_of(configuration: Configuration) -> str:
    """The ClusterRoles with the permissions that `configuration` needs and no more, as YAML.

    Raises:
        CorefileErrors: it cannot be built.
    """
    parts = parts_of(configuration)
    return roles_yaml(
        rule for part in parts if isinstance(part, NeedsPermissions) for rule in part.permissions()
    )
