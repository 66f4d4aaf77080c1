"""From settings to the handler: nothing here waits, reads the network or starts anything."""

from functools import partial
from random import Random

from clusterdns.cluster import Table
from clusterdns.plugin import Context
from clusterdns_plugins.kubernetes.config import Settings, check_zones
from clusterdns_plugins.kubernetes.extended_errors import ExtendedErrors, Reasons
from clusterdns_plugins.kubernetes.finder import Finder
from clusterdns_plugins.kubernetes.handler import Kubernetes
from clusterdns_plugins.kubernetes.name_servers import NameServers, local_addresses
from clusterdns_plugins.kubernetes.naming import Naming
from clusterdns_plugins.kubernetes.permissions import permissions_of
from clusterdns_plugins.kubernetes.pods import PodMode, Pods
from clusterdns_plugins.kubernetes.readiness import ClusterReadiness
from clusterdns_plugins.kubernetes.request import Zones
from clusterdns_plugins.kubernetes.reverse import Reverse
from clusterdns_plugins.kubernetes.services import Imports, Services
from clusterdns_plugins.kubernetes.source import Source, shared_source
from clusterdns_plugins.kubernetes.visibility import Visibility


def build(settings: Settings, context: Context) -> Kubernetes:
    """Make the handler and offer the table that it answers from to the block's other plugins.

    Raises:
        CorefileError: the server block's zones will not do.
    """
    source = shared_source(settings, context)
    context.provide(source.table)
    return handler_of(settings, context, source)


def handler_of(settings: Settings, context: Context, source: Source) -> Kubernetes:
    """The handler that answers from `source`. This machine's addresses are those of now.

    Raises:
        CorefileError: the server block's zones will not do.
    """
    table = source.table
    zones = settings.zones or context.zones
    primary = check_zones(settings, zones)
    naming = Naming(pod_names=settings.endpoint_pod_names)
    visibility = Visibility(settings.namespaces, table)
    name_servers = NameServers(table, naming, local=local_addresses(context), endpoints=settings.endpoints)
    finder = Finder(
        _services(table, naming, settings),
        _services(Imports(table), naming._replace(clusters=True), settings),
        pods=Pods(settings.pods, table),
        reverse=Reverse(table, visibility, primary=primary, naming=naming, endpoints=settings.endpoints),
        name_servers=name_servers,
        visibility=visibility,
        zonal=settings.zonal,
    )
    reasons = Reasons(
        table,
        visibility,
        endpoints=settings.endpoints,
        pods=settings.pods is not PodMode.DISABLED,
        zonal=settings.zonal,
    )
    return Kubernetes(
        table,
        Zones(zones, multicluster=settings.multicluster),
        finder,
        name_servers=name_servers,
        errors=ExtendedErrors(reasons, source.freshness, enabled=settings.extended_errors),
        ttl=settings.ttl,
        fallthrough=settings.fallthrough,
        lookup=context.lookup,
        monotonic=context.monotonic,
        permissions=partial(permissions_of, settings),
        readiness=ClusterReadiness(source, stale_after=settings.ready_stale),
    )


def _services(origin: Table | Imports, naming: Naming, settings: Settings) -> Services:
    return Services(
        origin,
        naming,
        random=Random(),
        endpoints=settings.endpoints,
        ignore_empty=settings.ignore_empty_service,
    )
