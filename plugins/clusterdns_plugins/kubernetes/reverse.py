"""Addresses to names: PTR records of ClusterIPs and endpoints (Kubernetes DNS specification 2.3.3, 2.4.3)."""

from collections.abc import Iterator

from clusterdns.cluster import EndpointSlice, Table
from clusterdns.cluster.blocks import Block, Column, ready_blocks
from clusterdns.dns.name import Name
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.found import NameRoom, Pointers
from clusterdns_plugins.kubernetes.looking import ENDPOINT, NAME, NUMBER, Looking
from clusterdns_plugins.kubernetes.naming import Naming
from clusterdns_plugins.kubernetes.srv import named, service_name
from clusterdns_plugins.kubernetes.visibility import Visibility


class Reverse:
    """Finds the names of an address; they stand in the zone `primary`.

    endpoints: False if endpoints are not served at all (`noendpoints`).
    """

    __slots__ = ("_endpoints", "_naming", "_primary", "_table", "_visibility")

    def __init__(
        self, table: Table, visibility: Visibility, *, primary: Name, naming: Naming, endpoints: bool = True
    ) -> None:
        self._table = table
        self._visibility = visibility
        self._primary = primary
        self._naming = naming
        self._endpoints = endpoints

    def find(self, address: bytes, *, room: int, noted: Noted) -> Pointers | None:
        """The Service that has `address` as its ClusterIP, else every ready endpoint that has it, as far as a
        message of `room` octets has room for them.

        Only the option `namespaces` hides names: a Namespace need not exist, as in CoreDNS.
        """
        name = self._service(address, noted)
        if name is not None:
            return Pointers((name,))
        return self._endpoint_names(address, room, noted) if self._endpoints else None

    def _service(self, address: bytes, noted: Noted) -> Name | None:
        for service in self._table.services_by_ip(address, noted=noted):
            if self._visibility.is_configured(service.namespace):
                return service_name(self._primary, service.namespace, service=service.name)
        return None

    def _endpoint_names(self, address: bytes, room: int, noted: Noted) -> Pointers | None:
        looking, left = Looking(), NameRoom(room)
        found: dict[Name, None] = {}
        for item in self._table.slices_by_ip(address, others=False, noted=noted):
            if not self._visibility.is_configured(item.namespace):
                continue
            for label in self._labels(item, address, looking):
                name = named(self._primary, (label, item.service, item.namespace, "svc"))
                if name is not None and name not in found:
                    found[name] = None
                    if not (left.take(label) and looking.may(NAME)):
                        return Pointers(tuple(found), cut=True)
            if not looking.may(ENDPOINT):
                break
        return Pointers(tuple(found), cut=looking.gave_up) if found else None

    def _labels(self, item: EndpointSlice, address: bytes, looking: Looking) -> Iterator[str]:
        """The labels of the ready endpoints of a slice that have the address."""
        known: set[str] = set()
        for block in ready_blocks(item.packed):
            for number in block.with_address(address):
                label = self._label(block, number, address)
                if label not in known:
                    known.add(label)
                    yield label
                if not looking.may(NUMBER) or self._is_one_for_all(block):
                    break

    def _label(self, block: Block, number: int, address: bytes) -> str:
        hostname = block.text(Column.HOSTNAME, number).decode(errors="ignore")
        pod = block.text(Column.POD, number).decode(errors="ignore")
        return self._naming.label(hostname, pod, address)

    def _is_one_for_all(self, block: Block) -> bool:
        """Whether endpoints of one address have the same label."""
        return not self._naming.pod_names and not block.has_texts(Column.HOSTNAME)
