"""Finds what a name stands for: passes each kind of request to the finder of that kind."""

from clusterdns.dns.name import Name
from clusterdns.dns.reverse import address_of
from clusterdns.rows import Noted
from clusterdns_plugins.kubernetes.found import Branch, Found, Pointers, Version
from clusterdns_plugins.kubernetes.name_servers import NameServers
from clusterdns_plugins.kubernetes.pods import Pods
from clusterdns_plugins.kubernetes.request import (
    EndpointRequest,
    Fixed,
    NamedRequest,
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
from clusterdns_plugins.kubernetes.reverse import Reverse
from clusterdns_plugins.kubernetes.services import Services
from clusterdns_plugins.kubernetes.visibility import Visibility


class Finder:
    """Finds what a name stands for.

    services, imports: for zones of this cluster and for multicluster zones.
    zonal: names of topology zones exist.
    """

    __slots__ = ("_imports", "_name_servers", "_pods", "_reverse", "_services", "_visibility", "_zonal")

    def __init__(
        self,
        services: Services,
        imports: Services,
        *,
        pods: Pods,
        reverse: Reverse,
        name_servers: NameServers,
        visibility: Visibility,
        zonal: bool = False,
    ) -> None:
        self._services = services
        self._imports = imports
        self._pods = pods
        self._reverse = reverse
        self._name_servers = name_servers
        self._visibility = visibility
        self._zonal = zonal

    def is_fixed(self, place: Place) -> bool:
        """Whether the answer does not depend on the cluster's objects."""
        zone = place.zone
        asked = parse_request(place.labels, multicluster=zone.multicluster, zonal=self._zonal)
        return isinstance(asked, Fixed) and not (zone.addresses and asked is Fixed.APEX)

    def find(self, name: Name, place: Place, *, room: int, noted: Noted) -> Found | None:
        """Look up `name`, whose `place` in a zone is given; None if it does not exist.

        Of the names of an address, as many as a message of `room` octets holds.
        """
        zone = place.zone
        asked = parse_request(place.labels, multicluster=zone.multicluster, zonal=self._zonal)
        if isinstance(asked, Fixed):
            pointers = self._pointers(name, place, room=room, noted=noted) if asked is Fixed.APEX else None
            return pointers or self._fixed(asked, noted)
        if asked is not None and zone.services:
            return self._below_namespace(asked, place, noted=noted)
        return self._pointers(name, place, room=room, noted=noted)

    def _pointers(self, name: Name, place: Place, *, room: int, noted: Noted) -> Pointers | None:
        """The names of an address. With a long enough prefix an address is a zone of its own."""
        address = address_of(name) if place.zone.addresses else None
        return None if address is None else self._reverse.find(address, room=room, noted=noted)

    def _fixed(self, asked: Fixed, noted: Noted) -> Found:
        match asked:
            case Fixed.NAME_SERVER:
                return self._name_servers.addresses(noted=noted)
            case Fixed.VERSION:
                return Version()
            case Fixed.APEX | Fixed.BRANCH:
                return Branch()

    def _below_namespace(self, asked: NamedRequest, place: Place, *, noted: Noted) -> Found | None:
        if self._visibility.namespace(asked.namespace, noted=noted) is None:
            return None
        match asked:
            case NamespaceRequest():
                return Branch()
            case PodNamespaceRequest():
                return Branch() if self._pods.enabled else None
            case PodRequest():
                return self._pods.find(asked.namespace, asked.pod, noted=noted)
            case _:
                services = self._imports if place.zone.multicluster else self._services
                return _of_service(services, asked, noted=noted)


def _of_service(services: Services, asked: ServiceLike, *, noted: Noted) -> Found | None:
    service = services.origin.service(asked.namespace, asked.service, noted=noted)
    if service is None:
        return None
    match asked:
        case ServiceRequest():
            return services.service(service, asked, noted=noted)
        case EndpointRequest():
            return services.endpoint(service, asked, noted=noted)
        case PortRequest():
            return services.ports(service, asked, noted=noted)
        case ZonalRequest():
            return services.zonal(service, asked, noted=noted)
