"""The plugin `kubernetes`: answers from the Services, endpoints and Pods of a cluster."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.kubernetes.build import build
from clusterdns_plugins.kubernetes.config import parse

__all__ = ["plugin"]

plugin = Plugin(
    name="kubernetes",
    help="Answer from the Services, endpoints and Pods of a Kubernetes cluster.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
