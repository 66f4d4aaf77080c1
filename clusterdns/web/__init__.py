"""HTTP pages of plugins, on addresses that several of them may share."""

from clusterdns.web.address import WebAddress, read_web_address
from clusterdns.web.listener import Page, WebListener, shared_listener
from clusterdns.web.request import WebRequest

__all__ = ["Page", "WebAddress", "WebListener", "WebRequest", "read_web_address", "shared_listener"]
