"""The API server of the Pod that we run in, as its service account knows it."""

import ipaddress

from clusterdns.cluster.api.authentication.access import Access, ProcessEnvironment
from clusterdns.cluster.api.authentication.credentials import StoredCredentials, token_file
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.tls import Trust, authority_file
from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.cluster.api.urls import base_url

HOST = "KUBERNETES_SERVICE_HOST"
PORT = "KUBERNETES_SERVICE_PORT"
WHAT = "the service account's token"


def in_cluster(process: ProcessEnvironment) -> Access:
    """Access from the environment and the mounted service account. Reads files, so not on the event loop.

    Raises:
        ApiConfigError: this is no Pod, or one without a service account.
    """
    url = base_url(_server(process), f"{HOST} and {PORT}", tls=True)
    folder = process.service_account
    if not folder.is_dir():
        raise ApiConfigError(
            f"there is no service account at {folder}: "
            "expected automountServiceAccountToken not to be false for this Pod"
        )
    path, clock, refusals = str(folder / "token"), process.clock, Refusals()
    token = token_file(path, WHAT, clock=clock, refusals=refusals)
    authority = str(folder / "ca.crt")
    return Access(
        endpoints=(url,),
        trust=Trust(authority=authority_file(authority, clock=clock, refusals=refusals), origin=authority),
        credentials=StoredCredentials(token=token, token_origin=f"{WHAT} {path}"),
        refusals=refusals,
    )


def _server(process: ProcessEnvironment) -> str:
    host = process.environment.get(HOST, "")
    port = process.environment.get(PORT, "")
    if not host or not port:
        raise ApiConfigError(
            f"no API server is named and this is no Pod ({HOST} and {PORT} are not set): "
            'expected "kubeconfig FILE [CONTEXT]" or "endpoint URL"'
        )
    try:
        return f"[{host}]:{port}" if ipaddress.ip_address(host).version == 6 else f"{host}:{port}"
    except ValueError:
        return f"{host}:{port}"
