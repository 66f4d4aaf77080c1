"""The plugin `log`: a line for every query."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.log.config import Rule, Settings, parse
from clusterdns_plugins.log.handler import build

__all__ = ["Rule", "Settings", "plugin"]

plugin = Plugin(
    name="log",
    help="Log queries and what was answered.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
