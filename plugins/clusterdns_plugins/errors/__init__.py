"""The plugin `errors`: failures in the log."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.errors.config import Settings, parse
from clusterdns_plugins.errors.handler import build

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="errors",
    help="Log failures, one line each or counted over a period.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
