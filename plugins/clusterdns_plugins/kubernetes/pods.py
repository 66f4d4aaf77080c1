"""Pods by names made of their addresses: `10-244-0-7.shop.pod`, `2001-db8--7.shop.pod`."""

from enum import Enum
from socket import AF_INET, AF_INET6, inet_pton
from typing import NamedTuple

from clusterdns.cluster import Port, Table
from clusterdns.dns.constants import RRType
from clusterdns.dns.name import Name
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.found import NO_DATA, Data, address_data
from clusterdns_plugins.kubernetes.srv import Backend, named, srv_data

POD_PORTS = (Port("", 0),)
"""SRV records of Pods say port 0, as in CoreDNS."""

MAPPED = bytes(10) + b"\xff\xff"
"""In front of an IPv4 address that is written as an IPv6 one (RFC 4291 section 2.5.5.2)."""


class PodMode(Enum):
    """The option `pods`: whether names of Pods exist never, for every address, or for those of Pods."""

    DISABLED = "disabled"
    INSECURE = "insecure"
    VERIFIED = "verified"


class PodAddress(NamedTuple):
    """The address that a Pod's name stands for. `pods` Pods of the Namespace share it."""

    namespace: str
    label: str
    address: bytes
    pods: int = 1

    @property
    def has_data(self) -> bool:
        """The address record."""
        return True

    def data(self, rtype: int, origin: Name, *, ttl: int) -> Data:
        """An address record, or an SRV record that points back here."""
        if rtype != RRType.SRV:
            return address_data((self.address,), rtype)
        base = named(origin, (self.label, self.namespace, "pod"))
        backends = [Backend((), self.address, POD_PORTS)] * self.pods
        return NO_DATA if base is None else srv_data(backends, base, ttl=ttl)


class Pods:
    """Finds Pods by name, as the option `pods` says."""

    __slots__ = ("_mode", "_table")

    def __init__(self, mode: PodMode, table: Table) -> None:
        self._mode = mode
        self._table = table

    @property
    def enabled(self) -> bool:
        """Whether there is anything below `pod` at all."""
        return self._mode is not PodMode.DISABLED

    def find(self, namespace: str, label: str, *, noted: Noted) -> PodAddress | None:
        """What the name `label` in a Namespace that is shown stands for.

        A verified address is compared packed, so every spelling of it and each of the Pod's addresses counts.
        """
        address = undashed(label) if self.enabled else None
        if address is None:
            return None
        if self._mode is PodMode.INSECURE:
            return PodAddress(namespace, label, address)
        pods = self._table.pods_by_ip(address, noted=noted)
        count = sum(pod.namespace == namespace for pod in pods)
        return PodAddress(namespace, label, address, count) if count else None


def undashed(label: str) -> bytes | None:
    """The packed address that a label with dashes for dots or colons stands for, None if it is none.

    Three dashes, no two of them together, are an IPv4 address; all else is tried as an IPv6 one.
    """
    is_ipv4 = label.count("-") == 3 and "--" not in label
    try:
        if is_ipv4:
            return inet_pton(AF_INET, label.replace("-", "."))
        address = inet_pton(AF_INET6, label.replace("-", ":"))
    except (OSError, ValueError):  # ValueError: a null character
        return None
    return address[12:] if address.startswith(MAPPED) else address
