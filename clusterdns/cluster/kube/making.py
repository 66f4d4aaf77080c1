"""Helpers that make objects of the table from shapes: they read addresses and share equal values."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from clusterdns.cluster.kube.addresses import address
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.kube.shapes import Lean
from clusterdns.cluster.port import Port

DEFAULT_NAMESPACE: Final = "default"
"""The namespace of an object in a manifest that gives none."""


class FieldError(ValueError):
    """A value of the right type that is wrong all the same. `path` leads to it from the object's root."""

    def __init__(self, path: tuple[str | int, ...], expected: str, *, found: object) -> None:
        super().__init__(f"expected {expected}")  # what was found may be megabytes
        self.path = path
        self.expected = expected
        self.found = found


class WrittenPort(Protocol):
    """A port as any kind has it."""

    @property
    def name(self) -> str | None: ...
    @property
    def port(self) -> int | None: ...
    @property
    def protocol(self) -> str | None: ...


class Making:
    """Makes parts of objects; equal texts and ports are shared among all that are made with one.

    default_namespace: that of objects that give none.
    """

    __slots__ = ("_default_namespace", "_share_ports", "share")

    def __init__(self, *, default_namespace: str = "") -> None:
        self._default_namespace = default_namespace
        self.share = Pool()
        self._share_ports = Pool()

    def namespace_of(self, metadata: Lean) -> str:
        """The namespace an object is in, shared."""
        return self.share(metadata.namespace or self._default_namespace)

    def ports(self, ports: Iterable[WrittenPort]) -> tuple[Port, ...]:
        """The ports of a Service, slice or import, shared."""
        return self._share_ports(
            tuple(Port((port.name or "").lower(), port.port, port.protocol or "TCP") for port in ports)
        )


def version_of(metadata: Lean) -> str:
    """The resourceVersion, "" for none."""
    return metadata.resource_version or ""


def packed_address(text: str, path: tuple[str | int, ...]) -> bytes:
    """An address in any spelling as 4 or 16 octets. Raises FieldError with `path`."""
    try:
        return address(text)
    except ValueError:
        raise FieldError(path, "an IP address", found=text) from None


def packed_addresses(texts: Sequence[str], path: tuple[str | int, ...]) -> tuple[bytes, ...]:
    """The addresses of a list that stands at `path`. Raises FieldError."""
    try:
        return tuple(map(address, texts))
    except ValueError:
        return tuple(packed_address(text, (*path, index)) for index, text in enumerate(texts))
