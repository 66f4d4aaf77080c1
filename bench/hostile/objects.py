"""The objects of the hostile tenant that change all the time, in the encoding in which they are sent."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

NAMESPACE: Final = "hostile"
DEEPEST: Final = 10_000
MOST_OCTETS: Final = 1_400_000
"""What etcd takes of an object (1.5 MiB), with a little to spare."""
OVERSIZED_OCTETS: Final = 17_000_000
PORTS: Final = 20_000
SMALL_SLICES: Final = 16_000
ESCAPED: Final = "\\u0001"
"""A control character, which is six octets in JSON and one in etcd."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An object as `put_raw` of the scripted API server takes it."""

    kind: str
    name: str
    service: str = ""
    metadata: str = ""
    rest: str

    def arguments(self) -> dict[str, Any]:
        labels = {"kubernetes.io/service-name": self.service} if self.service else {}
        return {"name": self.name, "labels": labels, "metadata": self.metadata, "rest": self.rest}


Make = Callable[[int], Raw]


def deep(turn: int) -> Raw:
    """A Service with a field that nobody reads, nested to the depth that API servers take, and deeper."""
    depth = DEEPEST if turn % 2 else 1200
    nested = '{"f:a":' * depth + "{}" + "}" * depth
    return Raw(kind="Service", name="deep", metadata=_managed(nested), rest=_cluster_ip("10.200.0.1", turn))


def long_key(turn: int) -> Raw:
    """A Service with a key of 1.4 MB of control characters in a field that nobody reads."""
    fields = f'{{"{ESCAPED * MOST_OCTETS}":{{}}}}'
    rest = _cluster_ip("10.200.0.2", turn)
    return Raw(kind="Service", name="long-key", metadata=_managed(fields), rest=rest)


def long_name(turn: int) -> Raw:
    """A slice with a Pod's name of 1.4 MB of control characters."""
    reference = f'"targetRef":{{"kind":"Pod","name":"{ESCAPED * MOST_OCTETS}"}}'
    return _slice("long-name", f'{{"addresses":["10.210.0.{turn % 2 + 1}"],{reference}}}')


def oversized(turn: int) -> Raw:
    """A document that is larger than any that client-go takes. It is left out."""
    filler = f'"annotations":{{"turn-{turn}":"{"x" * OVERSIZED_OCTETS}"}}'
    return Raw(kind="Service", name="oversized", metadata=filler, rest=_cluster_ip("10.200.0.3", turn))


def many_ports(turn: int) -> Raw:
    """A Service of 20,000 ports, whose names and numbers are others each time."""
    ports = [
        {"name": f"p{turn % 1000}-{at}", "port": (turn + at) % 65535 + 1, "protocol": "TCP"}
        for at in range(PORTS)
    ]
    spec = {"clusterIP": "10.200.0.4", "clusterIPs": ["10.200.0.4"], "type": "ClusterIP", "ports": ports}
    return Raw(kind="Service", name="many-ports", rest=json.dumps({"spec": spec}, separators=(",", ":")))


def small_slice(turn: int) -> Raw:
    """One of 16,000 slices of a Service."""
    at = turn * 7919 % SMALL_SLICES
    address = f"10.{211 + turn % 4}.{at // 250}.{at % 250 + 1}"
    return _slice(f"small-{at}", f'{{"addresses":["{address}"]}}', service="small")


def large_slice(turn: int) -> Raw:
    """A slice of 1,000 endpoints with 100 addresses each, of which a few change each time."""
    endpoints = ",".join(
        f'{{"addresses":[{_addresses(at, turn if at % 100 == turn % 100 else 0)}]}}' for at in range(1000)
    )
    return _slice("large", endpoints)


def odd_port(turn: int) -> Raw:
    """A slice with a port that no packet can have, beside a good one."""
    odd = "0" if turn % 2 else "70000"
    ports = f'{{"name":"odd","port":{odd}}},{{"name":"good","port":80}}'
    return _slice("odd-port", f'{{"addresses":["10.215.0.{turn % 2 + 1}"]}}', ports=ports)


def odd_zeros(turn: int) -> Raw:
    """An address with leading zeros, as API servers took them: they are decimal."""
    return _slice("odd-zeros", f'{{"addresses":["010.215.001.00{turn % 2 + 1}"]}}')


def odd_mapped(turn: int) -> Raw:
    """An IPv4 address in the form of an IPv6 one."""
    return _slice("odd-mapped", f'{{"addresses":["::ffff:10.215.2.{turn % 2 + 1}"]}}')


def odd_address(turn: int) -> Raw:
    """A text that is no address, beside one that is."""
    return _slice("odd-address", f'{{"addresses":["10.1.0.999","10.215.3.{turn % 2 + 1}"]}}')


LEFT_OUT: Final = ("oversized", "odd-port", "odd-address")
"""Objects of which something is left out: `/ready` names them."""


def _managed(fields: str) -> str:
    head = '"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1"'
    return f'"managedFields":[{{{head},"fieldsV1":{fields}}}]'


def _cluster_ip(address: str, turn: int) -> str:
    port = turn % 65535 + 1
    spec = f'"clusterIP":"{address}","clusterIPs":["{address}"],"type":"ClusterIP"'
    return f'{{"spec":{{{spec},"ports":[{{"name":"http","port":{port},"protocol":"TCP"}}]}}}}'


def _slice(name: str, endpoints: str, *, service: str = "", ports: str = '{"name":"http","port":80}') -> Raw:
    rest = f'{{"addressType":"IPv4","ports":[{ports}],"endpoints":[{endpoints}]}}'
    return Raw(kind="EndpointSlice", name=name, service=service or name, rest=rest)


def _addresses(endpoint: int, turn: int) -> str:
    high, low = divmod(endpoint, 250)
    base = 220 + high + 4 * (turn % 2)
    return ",".join(f'"10.{base}.{low}.{at}"' for at in range(1, 101))
