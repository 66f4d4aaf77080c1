"""Which of the three ways leads to the API server."""

from collections.abc import Callable
from functools import partial

from clusterdns.cluster.api.access import Access, Surroundings
from clusterdns.cluster.api.certificate_source import CertificateSource
from clusterdns.cluster.api.credentials import StoredCredentials
from clusterdns.cluster.api.in_cluster import in_cluster
from clusterdns.cluster.api.refusals import Refusals
from clusterdns.cluster.api.settings import ApiSettings, TlsFiles
from clusterdns.cluster.api.tls import Trust, authority_file
from clusterdns.cluster.api.urls import base_url
from clusterdns.cluster.api.watched_file import WatchedFile


def resolve(settings: ApiSettings, surroundings: Surroundings | None = None) -> Access:
    """Read what the settings point to. Reads files, so not on the event loop; asks no server.

    Raises:
        ApiConfigError: something is missing or wrong.
    """
    around = surroundings or Surroundings()
    if settings.kubeconfig is not None:
        from clusterdns.cluster.api.kubeconfig import from_kubeconfig  # noqa: PLC0415 (yaml costs who has none)

        return from_kubeconfig(settings.kubeconfig, around)
    if settings.endpoints:
        return _from_endpoints(settings, around)
    return in_cluster(around)


def _from_endpoints(settings: ApiSettings, surroundings: Surroundings) -> Access:
    tls = settings.tls
    endpoints = tuple(base_url(text, "endpoint", tls=tls is not None) for text in settings.endpoints)
    if tls is None:
        return Access(endpoints=endpoints, trust=Trust(), credentials=StoredCredentials())
    clock, refusals = surroundings.clock, Refusals()
    authority = authority_file(tls.authority, clock=clock, refusals=refusals)
    return Access(
        endpoints=endpoints,
        trust=Trust(authority=authority, origin=tls.authority),
        credentials=StoredCredentials(certificate=_certificate(tls, clock, refusals)),
        refusals=refusals,
    )


def _certificate(tls: TlsFiles, clock: Callable[[], float], refusals: Refusals) -> CertificateSource:
    watched = partial(WatchedFile, clock=clock, refusals=refusals)
    return CertificateSource(
        certificate=watched(tls.certificate, "the client certificate file"),
        key=watched(tls.key, "the client key file"),
        origin=f"the certificate {tls.certificate} and the key {tls.key}",
        refusals=refusals,
    )
