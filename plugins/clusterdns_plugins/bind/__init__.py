"""The plugin `bind`: which addresses a server block listens on."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.bind.config import build, parse
from clusterdns_plugins.bind.settings import Settings

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="bind",
    help="Listen on the addresses or interfaces given, not on all.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
