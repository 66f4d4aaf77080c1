"""A cluster in memory: a table that a test fills with few words.

    cluster = Cluster()
    cluster.service("shop/web", "10.96.0.20", ports=["http:80", "metrics:9090"])
    cluster.headless("shop/db", "10.244.1.5=db-0", "10.244.1.6=db-1", ports=["pg:5432"])

A Service's Namespace is there as soon as the Service is. `FakeContext(backends={ManifestSettings: cluster})`
lets plugins answer from it.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from clusterdns.cluster import (
    ChangeSet,
    Endpoint,
    EndpointSlice,
    Namespace,
    ObjectKey,
    Pod,
    Port,
    Service,
    ServiceImport,
    Table,
)
from clusterdns.cluster.endpoint import pack
from clusterdns.cluster.manifests import ManifestSettings
from clusterdns.cluster.manifests.pipeline import Pipeline
from clusterdns.cluster.objects import EXTERNAL_NAME, ClusterObject, Kind

__all__ = ["Cluster", "endpoint", "port"]

SERIAL_TIME = 1_700_000_000.0


class Cluster:
    """Objects are named `namespace/name`; putting one again replaces it.

    `now` is the clock of the serials, Unix time in seconds. The table is synced unless `synced` is False.
    """

    def __init__(self, *, synced: bool = True, now: float = SERIAL_TIME) -> None:
        self.now = now
        self.table = Table(clock=lambda: self.now)
        self.table.synced = synced

    @classmethod
    def from_yaml(cls, text: str) -> "Cluster":
        """A cluster of the objects that the manifests in `text` declare, endpoints made as a cluster would.

        Raises:
            AssertionError: they are not all right.
        """
        cluster = cls()
        with TemporaryDirectory() as folder:
            path = Path(folder, "cluster.yaml")
            path.write_text(text, encoding="utf-8")
            reading = Pipeline(ManifestSettings(paths=(str(path),))).read()
        if reading.errors:
            raise AssertionError("; ".join(map(str, reading.errors)))
        cluster.table.apply(reading.changes)
        return cluster

    def complaints(self) -> tuple[str, ...]:
        """None, ever."""
        return ()

    def namespace(self, *names: str) -> None:
        """Namespaces."""
        self.put(*(Namespace(name=name) for name in names))

    def service(self, name: str, *ips: str, ports: Iterable[str] = ("http:80",)) -> None:
        """A Service with these ClusterIPs; without any it has none yet."""
        namespace, own = _split(name)
        self._in_namespace(
            Service(
                namespace=namespace,
                name=own,
                cluster_ips=tuple(map(_packed, ips)),
                ports=tuple(map(port, ports)),
            )
        )

    def headless(self, name: str, *endpoints: str, ports: Iterable[str] = ("http:80",)) -> None:
        """A headless Service and one slice with these endpoints (see `endpoint`)."""
        namespace, own = _split(name)
        self._in_namespace(
            Service(namespace=namespace, name=own, headless=True, ports=tuple(map(port, ports)))
        )
        self.slice(name, *endpoints, ports=ports)

    def external_name(self, name: str, target: str) -> None:
        """A Service of type ExternalName."""
        namespace, own = _split(name)
        self._in_namespace(Service(namespace=namespace, name=own, type=EXTERNAL_NAME, external_name=target))

    def slice(
        self, service: str, *endpoints: str | Endpoint, ports: Iterable[str] = ("http:80",), suffix: str = "1"
    ) -> None:
        """A slice of the Service `service`, named by it and `suffix`, with these endpoints."""
        self.put(_slice(service, endpoints, ports=ports, suffix=suffix))

    def pod(self, name: str, *ips: str) -> None:
        """A Pod with these addresses."""
        namespace, own = _split(name)
        self._in_namespace(Pod(namespace=namespace, name=own, addresses=tuple(map(_packed, ips))))

    def service_import(self, name: str, *ips: str, ports: Iterable[str] = ("http:80",)) -> None:
        """A ServiceImport, headless without addresses."""
        namespace, own = _split(name)
        self._in_namespace(
            ServiceImport(
                namespace=namespace,
                name=own,
                headless=not ips,
                cluster_ips=tuple(map(_packed, ips)),
                ports=tuple(map(port, ports)),
            )
        )

    def imported_slice(
        self, service: str, cluster: str, *endpoints: str | Endpoint, ports: Iterable[str] = ("http:80",)
    ) -> None:
        """A slice of the ServiceImport `service` that comes from `cluster`."""
        self.put(_slice(service, endpoints, ports=ports, suffix=f"import-{cluster}", cluster=cluster))

    def put(self, *objects: ClusterObject) -> None:
        """Add or replace any objects, in one step."""
        self.table.apply(ChangeSet(put=objects))

    def remove(self, kind: Kind, name: str) -> None:
        """Remove the object of a kind by `namespace/name`, or a Namespace by its name."""
        namespace, own = _split(name)
        self.table.apply(ChangeSet(removed=(ObjectKey(kind, namespace, own),)))

    def _in_namespace(self, item: Service | Pod | ServiceImport) -> None:
        self.put(Namespace(name=item.namespace), item)


def endpoint(text: str) -> Endpoint:
    """An endpoint from `ADDRESS[,ADDRESS...][=HOSTNAME][@ZONE][#POD][!]`, `!` saying that it is not ready."""
    rest, ready = text.removesuffix("!"), not text.endswith("!")
    rest, _, pod = rest.partition("#")
    rest, _, zone = rest.partition("@")
    addresses, _, hostname = rest.partition("=")
    return Endpoint(
        addresses=tuple(map(_packed, addresses.split(","))),
        ready=ready,
        hostname=hostname,
        zone=zone,
        pod=pod,
    )


def port(text: str) -> Port:
    """A port from `[NAME:]NUMBER[/PROTOCOL]`; the number `-` is none."""
    rest, _, protocol = text.partition("/")
    name, _, number = rest.rpartition(":")
    return Port(name, None if number == "-" else int(number), protocol or "TCP")


def _slice(
    service: str, endpoints: Iterable[str | Endpoint], *, ports: Iterable[str], suffix: str, cluster: str = ""
) -> EndpointSlice:
    namespace, name = _split(service)
    return EndpointSlice(
        namespace=namespace,
        name=f"{name}-{suffix}",
        service="" if cluster else name,
        import_name=name if cluster else "",
        cluster=cluster,
        ports=tuple(map(port, ports)),
        packed=pack(endpoint(one) if isinstance(one, str) else one for one in endpoints),
    )


def _split(text: str) -> tuple[str, str]:
    """The namespace and the own name out of `namespace/name`."""
    namespace, _, own = text.rpartition("/")
    return namespace, own


def _packed(text: str) -> bytes:
    return ip_address(text).packed
