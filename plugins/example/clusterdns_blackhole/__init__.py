"""A plugin for clusterdns: names on a list, and all names below them, do not exist."""

from clusterdns_blackhole.blackhole import Settings, plugin

__all__ = ["Settings", "plugin"]
