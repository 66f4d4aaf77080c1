"""What plugins serve over HTTP: pages on addresses that several of them may share."""

from clusterdns.web.address import WebAddress, read_web_address
from clusterdns.web.listener import Page, WebListener, shared_listener

__all__ = ["Page", "WebAddress", "WebListener", "read_web_address", "shared_listener"]
