"""Pods: found by their addresses."""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from clusterdns.cluster.kinds.checks import are_addresses
from clusterdns.cluster.kinds.spec import CORE, Group, KindSpec, Selectors
from clusterdns.cluster.kube.pool import Pool
from clusterdns.cluster.selection import Selection
from clusterdns.rows import Row

RUNNING: Final = "status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown"

POD_IP: Final = "pod-ip"


class Pod(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A Pod that runs or will: its status.podIPs, which may be none yet."""

    namespace: str
    name: str
    addresses: tuple[bytes, ...] = ()
    version: str = ""


def _selectors(selection: Selection) -> Selectors | None:
    return Selectors(labels=selection.labels, fields=RUNNING) if selection.pods else None


def _rows(_item: Pod) -> Iterator[Row]:
    return iter(())


def _addresses(item: Pod) -> tuple[bytes, ...]:
    return item.addresses


def _group(item: Pod) -> Group:
    return "pod", item.namespace, item.name


def _octets(_item: Pod) -> int:
    return 0


def _share(item: Pod, pool: Pool) -> Pod:
    return msgspec.structs.replace(item, namespace=pool(item.namespace))


def _is_sound(item: Pod, _breathe: Callable[[], None]) -> bool:
    return are_addresses(item.addresses)


PODS: Final = KindSpec(
    type=Pod,
    root=CORE,
    plural="pods",
    selectors=_selectors,
    code=b"P",
    rows=_rows,
    address_row=POD_IP,
    addresses=_addresses,
    group=_group,
    octets=_octets,
    share=_share,
    is_sound=_is_sound,
)
