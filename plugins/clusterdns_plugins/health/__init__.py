"""The plugin `health`: a page that says that the process is alive."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.health.config import Settings, parse
from clusterdns_plugins.health.health import build

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="health",
    help="Answer health checks over HTTP, and serve on for a while when asked to stop.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
