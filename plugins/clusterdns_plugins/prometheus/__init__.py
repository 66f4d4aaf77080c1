"""The plugin `prometheus`: metrics over HTTP."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.prometheus.build import build
from clusterdns_plugins.prometheus.config import Settings, parse

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="prometheus",
    help="Count queries and replies, and export all metrics for Prometheus.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
