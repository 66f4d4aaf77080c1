"""The plugin `whoami`: tells clients their own address and port."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.whoami.config import Settings, parse
from clusterdns_plugins.whoami.handler import build

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="whoami",
    help="Answer with the client's address, port and transport.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
