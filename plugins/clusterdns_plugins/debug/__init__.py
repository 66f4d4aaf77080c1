"""The plugin `debug`: bugs end the process, and debug lines are logged."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.debug.config import Settings, build, parse

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="debug",
    help="Let a plugin's bug end the process with its traceback, and log debug lines.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
