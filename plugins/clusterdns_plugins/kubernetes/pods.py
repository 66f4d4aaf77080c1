"""Pods by names made of their addresses: `10-244-0-7.shop.pod`, `2001-db8--7.shop.pod`."""

from enum import Enum
from typing import NamedTuple

from clusterdns.cluster import Port, Table
from clusterdns.dns.constants import RRType
from clusterdns.dns.name import Name
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.addresses import undashed
from clusterdns_plugins.kubernetes.found import NO_DATA, Data, address_data
from clusterdns_plugins.kubernetes.srv import Backend, named, srv_data

POD_PORTS = (Port("", 0),)
"""SRV records of Pods say port 0, as in CoreDNS."""


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

    def data(self, rtype: int, origin: Name, *, ttl: int, room: int) -> Data:
        """An address record, or an SRV record that points back here."""
        if rtype != RRType.SRV:
            return address_data((self.address,), rtype, room)
        base = named(origin, (self.label, self.namespace, "pod"))
        if base is None:
            return NO_DATA
        pairs = self.pods * len(POD_PORTS)
        return srv_data([Backend((), self.address, POD_PORTS)], base, pairs=pairs, ttl=ttl, room=room)


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
        """The Pods that the name `label` in a visible Namespace stands for, None if it does not exist.

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
