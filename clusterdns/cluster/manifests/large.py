"""Large values converted in steps.

It is one call for a value of ordinary size, and would be one for a large one, which takes tens of
milliseconds in which no other thread gets the interpreter.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from clusterdns.cluster.endpoints.shapes import EndpointAddress, EndpointsShape
from clusterdns.cluster.kinds import KINDS
from clusterdns.cluster.kinds.endpoint_slice import EndpointPort, EndpointSliceShape, SliceEndpoint
from clusterdns.cluster.kube.making import FieldError
from clusterdns.cluster.kube.shapes import Whole
from clusterdns.cluster.manifests.faults import field_error
from clusterdns.cluster.manifests.memory import BATCH, give_back
from clusterdns.cluster.manifests.yielding import YieldToLoop

_PORTS: Final[dict[type[Whole], type[Any]]] = {
    spec.whole: spec.ports.whole for spec in KINDS if spec.ports is not None and spec.ports.within
}
"""The shapes of ports of kinds that have them in their spec."""


def convert(value: dict[str, Any], shape_type: type[Whole], yield_to_loop: YieldToLoop) -> Whole:
    """A shape out of plain values. Raises FieldError."""
    value = _with_long_lists(value, shape_type, yield_to_loop)
    try:
        shape: Whole = msgspec.convert(value, shape_type)
    except msgspec.ValidationError as error:
        raise field_error(error, value) from None
    return shape


def _with_long_lists(
    value: dict[str, Any], shape_type: type[Whole], yield_to_loop: YieldToLoop
) -> dict[str, Any]:
    """The value with the items of its long lists converted: a shape within is taken as it is."""
    if shape_type is EndpointSliceShape:
        value = _with_list(value, "endpoints", SliceEndpoint, (), yield_to_loop)
        return _with_list(value, "ports", EndpointPort, (), yield_to_loop)
    spec = value.get("spec")
    if shape_type in _PORTS and isinstance(spec, dict):
        return value | {"spec": _with_list(spec, "ports", _PORTS[shape_type], ("spec",), yield_to_loop)}
    subsets = value.get("subsets")
    if shape_type is EndpointsShape and isinstance(subsets, list):
        return value | {"subsets": list(_subsets(subsets, yield_to_loop))}
    return value


def _subsets(subsets: list[Any], yield_to_loop: YieldToLoop) -> Iterator[Any]:
    for index, subset in enumerate(subsets):
        found = subset
        for key in ("addresses", "notReadyAddresses") if isinstance(subset, dict) else ():
            found = _with_list(found, key, EndpointAddress, ("subsets", index), yield_to_loop)
        yield_to_loop()
        yield found


def _with_list(
    value: dict[str, Any],
    key: str,
    item_type: type[Any],
    path: tuple[str | int, ...],
    yield_to_loop: YieldToLoop,
) -> dict[str, Any]:
    items = value.get(key)
    if not isinstance(items, list) or len(items) <= BATCH:
        return value
    found: list[Any] = []
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        try:
            found += msgspec.convert(batch, list[item_type])  # type: ignore[valid-type]
        except msgspec.ValidationError as error:
            fault = field_error(error, batch)
            index, *rest = fault.path
            give_back(found, yield_to_loop)
            raise FieldError(
                (*path, key, start + int(index), *rest), fault.expected, found=fault.found
            ) from None
        yield_to_loop()
    return value | {key: found}
