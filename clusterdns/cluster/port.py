"""Ports, as Services, slices and ServiceImports have them."""

import msgspec


class Port(msgspec.Struct, frozen=True, gc=False):
    """A port of a Service or slice. `name` is in lower case, "" when unnamed; `number` is None where a slice
    gives none."""

    name: str
    number: int | None
    protocol: str = "TCP"
