"""Extended errors of answers (RFC 8914), and the lower TTL of answers from an old table.

    code  when                                                                             on
    0     the name does not exist, or has no records of that type: why                     negative answers
    3     nothing was heard of the API server for three minutes, or all is a snapshot's    every answer
    14    the first sync is not done, so nothing is known                                  SERVFAIL

None is on a plain success. The server sends them to clients that speak EDNS, to no others.

The texts are fixed: nothing of what was asked is repeated, and a Namespace that the configuration hides looks
exactly like one that does not exist.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from clusterdns.cluster import Service, ServiceImport, Table
from clusterdns.cluster.blocks import is_any_ready
from clusterdns.cluster.objects import EXTERNAL_NAME
from clusterdns.dns.edns import ExtendedError, ExtendedErrorCode
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.endpoints import Endpoints
from clusterdns_plugins.kubernetes.found import Found
from clusterdns_plugins.kubernetes.ports import matching_ports
from clusterdns_plugins.kubernetes.request import (
    EndpointRequest,
    Fixed,
    NamespaceRequest,
    Place,
    PodNamespaceRequest,
    PodRequest,
    PortRequest,
    ServiceLike,
    ServiceRequest,
    ZonalRequest,
    parse_request,
)
from clusterdns_plugins.kubernetes.services import ClusterService, Imports, Origin
from clusterdns_plugins.kubernetes.visibility import Visibility

NOT_READY: Final = ExtendedError(ExtendedErrorCode.NOT_READY, "the cluster's objects are not known yet")
STALE: Final = ExtendedError(
    ExtendedErrorCode.STALE_ANSWER, "the API server is silent, this may be out of date"
)
FROM_SNAPSHOT: Final = ExtendedError(
    ExtendedErrorCode.STALE_ANSWER, "from a snapshot, the API server has not confirmed it yet"
)

SNAPSHOT_TTL: Final = 5
"""Seconds at the most for what a snapshot says: it is about to be confirmed or put right."""


def _reason(text: str) -> ExtendedError:
    return ExtendedError(ExtendedErrorCode.OTHER, text)


NO_SUCH_NAME: Final = _reason("no such name in the cluster's zones")
NO_SUCH_NAMESPACE: Final = _reason("no such namespace")
NO_SUCH_SERVICE: Final = _reason("no such service in this namespace")
NO_SUCH_ENDPOINT: Final = _reason("the service has no such endpoint")
NO_SUCH_PORT: Final = _reason("the service has no such port")
NO_SUCH_POD: Final = _reason("no such pod in this namespace")
NO_SUCH_ADDRESS: Final = _reason("no service and no ready endpoint has this address")
NO_READY_ENDPOINTS: Final = _reason("the service has no ready endpoints")
NO_READY_ENDPOINTS_IN_ZONE: Final = _reason("the service has no ready endpoints in this topology zone")
NO_ENDPOINTS_SERVED: Final = _reason("endpoints are not served here")
NO_PODS_SERVED: Final = _reason("names of pods are not served here")
NO_ADDRESS_YET: Final = _reason("the service has no address yet")
NO_EXTERNAL_NAME: Final = _reason("the service's external name is no name")
NO_ADDRESS_BEHIND: Final = _reason("the service's external name leads to no address of this type")
NO_SUCH_TYPE: Final = _reason("the name exists, without records of this type")


class Freshness(Protocol):
    """The freshness of the table. A change of either property touches all of the table's rows.

    What is from a snapshot is stale, too.
    """

    @property
    def stale(self) -> bool:
        """Whether answers may be of an older state."""
        ...

    @property
    def from_snapshot(self) -> bool:
        """Whether the table is that of a snapshot, of which the API server has confirmed nothing yet."""
        ...


@dataclass(frozen=True, slots=True)
class Fresh:
    """The freshness of manifests, which are never stale."""

    stale: bool = False
    from_snapshot: bool = False


ALWAYS_FRESH: Final = Fresh()


class Reasons:
    """Finds out why a name was not found.

    endpoints: False if endpoints are not served at all. pods: whether names of Pods are. zonal: whether names
    of topology zones are.
    """

    __slots__ = ("_endpoints", "_imports", "_pods", "_table", "_visibility", "_zonal")

    def __init__(
        self, table: Table, visibility: Visibility, *, endpoints: bool, pods: bool, zonal: bool
    ) -> None:
        self._table = table
        self._imports = Imports(table)
        self._visibility = visibility
        self._endpoints = endpoints
        self._pods = pods
        self._zonal = zonal

    def missing(self, place: Place, *, noted: Noted) -> ExtendedError:
        """Why there is nothing at a place in a zone."""
        zone = place.zone
        asked = parse_request(place.labels, multicluster=zone.multicluster, zonal=self._zonal)
        if asked is None or isinstance(asked, Fixed) or not zone.services:
            return NO_SUCH_ADDRESS if zone.addresses and not zone.services else NO_SUCH_NAME
        if self._visibility.namespace(asked.namespace, noted=noted) is None:
            return NO_SUCH_NAMESPACE
        match asked:
            case PodRequest():
                return NO_SUCH_POD if self._pods else NO_PODS_SERVED
            case PodNamespaceRequest():
                return NO_PODS_SERVED
            case NamespaceRequest():
                return NO_SUCH_NAME
            case _:
                return self._of_service(
                    asked, self._imports if zone.multicluster else self._table, noted=noted
                )

    def _of_service(self, asked: ServiceLike, origin: Origin, *, noted: Noted) -> ExtendedError:
        service = origin.service(asked.namespace, asked.service, noted=noted)
        if service is None:
            return NO_SUCH_SERVICE
        if isinstance(service, Service) and service.type == EXTERNAL_NAME:
            return NO_EXTERNAL_NAME if isinstance(asked, ServiceRequest) else NO_SUCH_ENDPOINT
        if isinstance(asked, EndpointRequest | ZonalRequest):
            return NO_SUCH_ENDPOINT if self._endpoints else NO_ENDPOINTS_SERVED
        if service.headless and not self._endpoints:
            return NO_ENDPOINTS_SERVED
        return (
            NO_READY_ENDPOINTS if self._lacks_endpoints(service, asked, origin, noted=noted) else NO_SUCH_PORT
        )

    def _lacks_endpoints(
        self, service: Service | ServiceImport, asked: ServiceLike, origin: Origin, *, noted: Noted
    ) -> bool:
        """Whether it is for want of endpoints that a Service, or a port of it, does not exist."""
        if not service.headless:
            return not isinstance(asked, PortRequest) or bool(
                matching_ports(service.ports, port=asked.port, protocol=asked.protocol)
            )
        slices = origin.slices(asked.namespace, asked.service, noted=noted)
        return not any(is_any_ready(item.packed) for item in slices)


class ExtendedErrors:
    """Chooses the extended errors and the TTL of an answer; `enabled` False turns the errors off."""

    __slots__ = ("_enabled", "_reasons", "freshness")

    def __init__(self, reasons_of: Reasons, freshness: Freshness, *, enabled: bool) -> None:
        self._reasons = reasons_of
        self.freshness = freshness
        self._enabled = enabled

    def ttl(self, configured: int) -> int:
        """The TTL of an answer that is made now."""
        return min(configured, SNAPSHOT_TTL) if self.freshness.from_snapshot else configured

    def any(self) -> tuple[ExtendedError, ...]:
        """The errors of every answer: none as long as the table is fresh."""
        if not self._enabled or not self.freshness.stale:
            return ()
        return (FROM_SNAPSHOT,) if self.freshness.from_snapshot else (STALE,)

    def missing(self, place: Place, *, noted: Noted) -> tuple[ExtendedError, ...]:
        """The errors for a name that does not exist."""
        return (*self.any(), self._reasons.missing(place, noted=noted)) if self._enabled else ()

    def no_data(self, found: Found) -> tuple[ExtendedError, ...]:
        """The errors for a type that a name does not have."""
        return (*self.any(), _no_data(found)) if self._enabled else ()

    def dangling(self) -> tuple[ExtendedError, ...]:
        """The errors for an alias whose target does not exist."""
        return (*self.any(), NO_ADDRESS_BEHIND) if self._enabled else ()

    def not_ready(self) -> tuple[ExtendedError, ...]:
        """The errors for a name that is unknown before the first sync."""
        return (NOT_READY,) if self._enabled else ()


def _no_data(found: Found) -> ExtendedError:
    """Why a name that exists has no records of the type that was asked for."""
    match found:
        case ClusterService() if not found.has_data:
            return NO_ADDRESS_YET
        case Endpoints() if not found.has_data:
            return NO_READY_ENDPOINTS_IN_ZONE
        case _:
            return NO_SUCH_TYPE
