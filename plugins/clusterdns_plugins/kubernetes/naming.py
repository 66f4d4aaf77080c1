"""How endpoints are named left of their Service."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clusterdns.cluster import EndpointSlice
from clusterdns.cluster.blocks import Block, Column
from clusterdns.dns.name import MAX_LABEL_OCTETS
from clusterdns_plugins.kubernetes.addresses import dashed


class Naming(NamedTuple):
    """How endpoints are named: by their Pods if they have no host name, and with their cluster's id."""

    pod_names: bool = False
    clusters: bool = False

    def cluster(self, item: EndpointSlice) -> str:
        """The id of the cluster that a slice comes from, "" where that is not part of names."""
        return item.cluster if self.clusters else ""

    def label(self, hostname: str, pod: str, address: bytes) -> str:
        """The one label that names an endpoint: its host name, else its Pod's name if those are wanted and
        it fits into a label, else the address with dashes.
        """
        if hostname:
            return hostname
        return pod if self.is_named_by(pod) else dashed(address)

    def is_named_by(self, pod: str) -> bool:
        """Whether an endpoint without a host name is named by its Pod."""
        return self.pod_names and 0 < len(pod) <= MAX_LABEL_OCTETS

    def endpoints(
        self, block: Block, numbers: Iterable[int], only: bytes | None = None
    ) -> Iterator[tuple[str, bytes]]:
        """The label and address of each of some endpoints of a block, or of those with the address `only`."""
        for number in numbers:
            hostname = block.text(Column.HOSTNAME, number).decode(errors="ignore")
            pod = block.text(Column.POD, number).decode(errors="ignore") if self.pod_names else ""
            for address in block.addresses_of(number) if only is None else (only,):
                yield self.label(hostname, pod, address), address
