"""Finding the API server: by a kubeconfig, by endpoints, or as the service account of a Pod."""

from collections.abc import Callable
from functools import partial

from clusterdns.cluster.api.authentication.access import Access, ProcessEnvironment
from clusterdns.cluster.api.authentication.certificate_source import CertificateSource
from clusterdns.cluster.api.authentication.credentials import StoredCredentials
from clusterdns.cluster.api.authentication.in_cluster import in_cluster
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.tls import Trust, authority_file
from clusterdns.cluster.api.authentication.watched_file import WatchedFile
from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.cluster.api.leaving import redacted
from clusterdns.cluster.api.settings import ApiSettings, TlsFiles
from clusterdns.cluster.api.urls import base_url
from clusterdns.telemetry.redaction import Redactor


def resolve(settings: ApiSettings, process: ProcessEnvironment | None = None) -> Access:
    """Read what the settings point to. Reads files, so not on the event loop; asks no server.

    Raises:
        ApiConfigError: something is missing or wrong.
    """
    redactor = Redactor()
    try:
        return _resolved(settings, process or ProcessEnvironment(), redactor)
    except ApiConfigError as error:
        raise redacted(error, redactor) from None


def _resolved(settings: ApiSettings, process: ProcessEnvironment, redactor: Redactor) -> Access:
    if settings.kubeconfig is not None:
        from clusterdns.cluster.api.authentication.kubeconfig import from_kubeconfig  # noqa: PLC0415 (yaml costs who has none)

        return from_kubeconfig(settings.kubeconfig, process, redactor)
    if settings.endpoints:
        return _from_endpoints(settings, process)
    return in_cluster(process)


def _from_endpoints(settings: ApiSettings, process: ProcessEnvironment) -> Access:
    tls = settings.tls
    endpoints = tuple(base_url(text, "endpoint", tls=tls is not None) for text in settings.endpoints)
    if tls is None:
        return Access(endpoints=endpoints, trust=Trust(), credentials=StoredCredentials())
    clock, refusals = process.clock, Refusals()
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
