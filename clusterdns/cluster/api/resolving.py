"""Which of the three ways leads to the API server."""

from clusterdns.cluster.api.access import Access, Surroundings
from clusterdns.cluster.api.credentials import CertificateSource, StoredCredentials
from clusterdns.cluster.api.in_cluster import in_cluster
from clusterdns.cluster.api.settings import ApiSettings, TlsFiles
from clusterdns.cluster.api.tls import Trust, authority_file, check_pair
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
    return Access(
        endpoints=tuple(base_url(text, "endpoint", tls=tls is not None) for text in settings.endpoints),
        trust=Trust() if tls is None else _trust(tls, surroundings),
        credentials=StoredCredentials(certificate=None if tls is None else _certificate(tls, surroundings)),
    )


def _trust(tls: TlsFiles, surroundings: Surroundings) -> Trust:
    authority = authority_file(tls.authority, clock=surroundings.clock)
    return Trust(authority=authority, origin=tls.authority)


def _certificate(tls: TlsFiles, surroundings: Surroundings) -> CertificateSource:
    certificate = WatchedFile(tls.certificate, "the client certificate file", clock=surroundings.clock)
    key = WatchedFile(tls.key, "the client key file", clock=surroundings.clock)
    origin = f"the certificate {tls.certificate} and the key {tls.key}"
    check_pair(certificate.content, key.content, origin=origin)
    return CertificateSource(certificate=certificate, key=key, origin=origin)
