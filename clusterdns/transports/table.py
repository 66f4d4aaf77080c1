"""The transports that are spoken, by the schemes of a Corefile's keys: `tls://example.org`.

One more is a file with an `Opener`, and a row here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from clusterdns.transports.opener import Opener
from clusterdns.transports.tcp import TCP
from clusterdns.transports.tls import TLS
from clusterdns.transports.udp import UDP

__all__ = ["SCHEMES"]

SCHEMES: Final[Mapping[str, tuple[Opener, ...]]] = MappingProxyType(
    {
        "dns": (TCP, UDP),
        "tls": (TLS,),
    }
)
"""What is opened for a key of each scheme, in this order, all on one port."""
