"""The two lines with version and platform, as CoreDNS prints them."""

import platform
import sys

import clusterdns

__all__ = ["version_lines"]

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}
"""What the kernel calls a machine, and what container images call it, where they differ."""


def version_lines() -> tuple[str, str]:
    """`clusterdns-0.1.0` and `linux/amd64, python3.11.2`."""
    machine = platform.machine()
    return (
        f"clusterdns-{clusterdns.__version__}",
        f"{sys.platform}/{ARCHITECTURES.get(machine, machine)}, python{platform.python_version()}",
    )
