"""The plugin `ready`: a page that says whether queries can be answered rightly."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.ready.config import Settings, parse
from clusterdns_plugins.ready.ready import build

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="ready",
    help="Say over HTTP which plugins are not ready, and what is not up to date.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
