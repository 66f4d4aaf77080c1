"""Leaving out addresses that are none, so that the others of an object are served."""

from collections.abc import Sequence
from typing import Final

import msgspec

from clusterdns.cluster.kube.addresses import address
from clusterdns.cluster.kube.shapes import LeanEndpoint, LeanServiceSpec
from clusterdns.cluster.objects import EXTERNAL_NAME
from clusterdns.cluster.reflector.reading.building import FQDN, NO_CLUSTER_IP
from clusterdns.cluster.reflector.reading.faults import Faults, Path
from clusterdns.cluster.reflector.reading.lean import LeanImport, LeanObject, LeanPod, LeanService, LeanSlice
from clusterdns.cluster.shown import shown
from clusterdns.cluster.work import Work

LONGEST_VALUE: Final = 48
TEXTS_AT_ONCE: Final = 16
OCTETS: Final = {"IPv4": 4, "IPv6": 16}
"""Of the addresses of a slice, by its addressType."""

_replace = msgspec.structs.replace


def clean_service(shape: LeanService, faults: Faults) -> Work[LeanService]:
    """The Service with those of its ClusterIPs that are addresses."""
    spec = shape.spec
    if spec is None or spec.type == EXTERNAL_NAME:
        return shape
    return _replace(shape, spec=(yield from _with_addresses(spec, faults)))


def _with_addresses(spec: LeanServiceSpec, faults: Faults) -> Work[LeanServiceSpec]:
    if spec.cluster_ips and spec.cluster_ips[0] != NO_CLUSTER_IP:
        kept = yield from _good(spec.cluster_ips, ("spec", "clusterIPs"), faults)
        spec = _replace(spec, cluster_ips=kept)
    if not spec.cluster_ips and spec.cluster_ip not in {None, "", NO_CLUSTER_IP}:
        spec = _replace(spec, cluster_ip=_if_good(spec.cluster_ip or "", ("spec", "clusterIP"), faults))
    return spec


def clean_slice(shape: LeanSlice, faults: Faults) -> Work[LeanSlice]:
    """The slice with those addresses of each endpoint that are some and of one family."""
    if shape.address_type == FQDN:
        return shape
    size = OCTETS.get(shape.address_type or "", 0)
    kept: list[LeanEndpoint] = []
    for index, endpoint in enumerate(shape.endpoints or ()):
        path = ("endpoints", index, "addresses")
        texts = yield from _good(endpoint.addresses, path, faults)
        texts = _of_one_family(texts, path, faults, size=size)
        kept.append(endpoint if texts == endpoint.addresses else _replace(endpoint, addresses=texts))
    return _replace(shape, endpoints=tuple(kept))


def clean_pod(shape: LeanPod, faults: Faults) -> Work[LeanPod]:
    """The Pod with those of its addresses that are some."""
    status = shape.status
    if status is None:
        return shape
    if status.pod_ips:
        texts = tuple(one.ip for one in status.pod_ips)
        good = set((yield from _good(texts, ("status", "podIPs"), faults)))
        status = _replace(status, pod_ips=tuple(one for one in status.pod_ips if one.ip in good))
    if not status.pod_ips and status.pod_ip:
        status = _replace(status, pod_ip=_if_good(status.pod_ip, ("status", "podIP"), faults))
    return _replace(shape, status=status)


def clean_import(shape: LeanImport, faults: Faults) -> Work[LeanImport]:
    """The import with those of its addresses that are some."""
    spec = shape.spec
    if spec is None:
        return shape
    ips = yield from _good(spec.ips or (), ("spec", "ips"), faults)
    return _replace(shape, spec=_replace(spec, ips=ips))


def clean_namespace(shape: LeanObject, faults: Faults) -> Work[LeanObject]:
    """The Namespace, which has no addresses."""
    del faults
    yield
    return shape


def _good(texts: Sequence[str], path: Path, faults: Faults) -> Work[tuple[str, ...]]:
    kept = []
    for index, text in enumerate(texts):
        if _if_good(text, (*path, index), faults) is not None:
            kept.append(text)
        if index % TEXTS_AT_ONCE == 0:
            yield
    return tuple(kept)


def _if_good(text: str, path: Path, faults: Faults) -> str | None:
    try:
        address(text)
    except ValueError:
        faults.note(path, f'expected an IP address, found "{shown(text, LONGEST_VALUE)}"')
        return None
    return text


def _of_one_family(texts: tuple[str, ...], path: Path, faults: Faults, *, size: int) -> tuple[str, ...]:
    """Those of the slice's family if there are some, else those of the first one's."""
    if len(texts) < 2:
        return texts
    sizes = [len(address(text)) for text in texts]
    wanted = size if size in sizes else sizes[0]
    for index, (text, found) in enumerate(zip(texts, sizes, strict=True)):
        if found != wanted:
            expected = "expected an address of the family of the others"
            faults.note((*path, index), f'{expected}, found "{shown(text, LONGEST_VALUE)}"')
    return tuple(text for text, found in zip(texts, sizes, strict=True) if found == wanted)
