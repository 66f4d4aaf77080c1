"""The plugin `loadbalance`: the order of addresses changes from reply to reply."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.loadbalance.config import Settings, parse
from clusterdns_plugins.loadbalance.handler import build

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="loadbalance",
    help="Shuffle the addresses in replies, or put a weighted choice first.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
