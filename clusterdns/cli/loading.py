"""From a Corefile's text to settings, with this machine's environment."""

import logging
import os

from clusterdns.cli.source import CorefileText
from clusterdns.configuration.registry import Registry
from clusterdns.configuration.settings import Configuration, load

__all__ = ["load_logged"]

LOGGER = logging.getLogger(__name__)


def load_logged(source: CorefileText, port: int, registry: Registry) -> Configuration:
    """Load `source` and log the warnings about it; `port` is that of zones which name none.

    Raises:
        CorefileErrors: everything that is wrong in it.
    """
    configuration = load(source.text, file=source.name, registry=registry, environ=os.environ, dns_port=port)
    for warning in configuration.warnings:
        LOGGER.warning("%s", warning)
    return configuration
