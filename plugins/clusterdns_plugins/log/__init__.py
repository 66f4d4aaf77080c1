"""The plugin `log`: a line for every query."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.log.config import Rule, parse
from clusterdns_plugins.log.handler import build

__all__ = ["Rule", "plugin"]

plugin = Plugin(
    name="log",
    help="Log queries and what was answered.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
