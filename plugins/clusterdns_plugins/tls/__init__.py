"""The plugin `tls`: the certificate of a block's encrypted listeners."""

from clusterdns.plugin import Plugin
from clusterdns_plugins.tls.build import build
from clusterdns_plugins.tls.config import Settings, parse

__all__ = ["Settings", "plugin"]

plugin = Plugin(
    name="tls",
    help="Say with which certificate and key tls:// is served, and which clients may ask.",
    parse=parse,
    build=build,
    inline=True,
    treats_alike=True,
)
