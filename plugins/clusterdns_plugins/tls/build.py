"""The part of a server block: the certificate that its encrypted listeners have."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from clusterdns.plugin import Context
from clusterdns_plugins.tls.certificate import Certificate
from clusterdns_plugins.tls.config import Settings

__all__ = ["Encryption", "build"]


@dataclass(frozen=True, slots=True)
class Encryption:
    """The TLS context of the block's connections. Blocks with equal settings share a certificate."""

    certificate: Certificate

    def tls_context(self) -> ssl.SSLContext:
        """The TLS context of a new connection."""
        return self.certificate.context

    def check(self) -> None:
        """Read the files and start nothing.

        Raises:
            CorefileError: one of them is missing or wrong.
        """
        self.certificate.check()


def build(settings: Settings, context: Context) -> Encryption:
    """Make the part; its files are followed by whoever asks for them first."""

    def make() -> Certificate:
        made = Certificate(settings, context.root, clock=context.monotonic)
        context.background(f"the certificate {settings.certificate.path}", made.follow)
        return made

    return Encryption(context.shared(("certificate", settings, context.root), make))
