"""From a kubeconfig file to access.

The reader is our own: libraries that read these files are whole clients of the API, which load hundreds of
models and know neither of files that are replaced nor of an event loop.
"""

from clusterdns.cluster.api.authentication.access import Access, ProcessEnvironment
from clusterdns.cluster.api.authentication.known_secrets import keep_authorization, keep_user
from clusterdns.cluster.api.authentication.kubeconfig_file import Chosen, choose
from clusterdns.cluster.api.authentication.kubeconfig_user import credentials, impersonation
from clusterdns.cluster.api.authentication.proxy import Proxy, proxy_of
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.tls import Trust, authority_data, authority_file
from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.cluster.api.settings import KubeconfigFile
from clusterdns.cluster.api.urls import base_url, check_host
from clusterdns.telemetry.redaction import Redactor


def from_kubeconfig(file: KubeconfigFile, process: ProcessEnvironment, redactor: Redactor) -> Access:
    """Access as a context describes it. Reads files, so not on the event loop.

    Raises:
        ApiConfigError: something is missing or wrong.
    """
    chosen, refusals = choose(file), Refusals()
    cluster = chosen.cluster
    keep_user(redactor, chosen.user)
    where = f'kubeconfig {chosen.path}: cluster "{chosen.cluster_name}"'
    if not cluster.server:
        raise ApiConfigError(f"{where} has no server: expected a URL")
    return Access(
        endpoints=(base_url(cluster.server, where, tls=True),),
        trust=_trust(chosen, process, refusals),
        credentials=credentials(chosen, process, refusals),
        proxy=_proxy(cluster.proxy_url, f"{where}: proxy-url", redactor),
        headers=impersonation(chosen.user, f'kubeconfig {chosen.path}: user "{chosen.user_name}"'),
        compression=not cluster.disable_compression,
        refusals=refusals,
        redactor=redactor,
    )


def _proxy(text: str, origin: str, redactor: Redactor) -> Proxy | None:
    if not text:
        return None
    found = proxy_of(text, origin)
    keep_authorization(redactor, found.authorization)
    return found


def _trust(chosen: Chosen, process: ProcessEnvironment, refusals: Refusals) -> Trust:
    cluster = chosen.cluster
    if cluster.tls_server_name:
        check_host(cluster.tls_server_name, f"kubeconfig {chosen.path}: tls-server-name")
    if cluster.insecure:
        return Trust(insecure=True, server_name=cluster.tls_server_name)
    if cluster.authority_data:
        origin = f"kubeconfig {chosen.path}: certificate-authority-data"
        pem = chosen.decoded("certificate-authority-data", cluster.authority_data)
        return Trust(
            authority=authority_data(pem, origin), origin=origin, server_name=cluster.tls_server_name
        )
    if cluster.authority:
        path = chosen.beside(cluster.authority)
        authority = authority_file(path, clock=process.clock, refusals=refusals)
        return Trust(authority=authority, origin=path, server_name=cluster.tls_server_name)
    return Trust(server_name=cluster.tls_server_name)
