"""An asyncio cluster DNS server with a CoreDNS-like plugin chain."""

__version__ = "0.1.0"
