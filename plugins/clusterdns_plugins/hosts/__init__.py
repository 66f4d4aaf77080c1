"""The plugin `hosts`: names and addresses from a file like /etc/hosts."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.hosts.config import Settings, parse
from clusterdns_plugins.hosts.handler import build

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="hosts",
    help="Answer from a hosts file and from lines in the Corefile.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
