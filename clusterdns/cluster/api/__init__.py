"""The way to an API server: who it is, who we are, requests and streams. What is asked is not known here.

    ApiSettings ─▶ access.py ─▶ Access                 once, in a thread: files are read
                     ├─ in_cluster.py                   the Pod's service account
                     ├─ kubeconfig.py                   contexts, users, clusters ─▶ exec_plugin.py
                     └─ endpoints and tls of the Corefile
    path, params ─▶ client.py ─▶ limits.py ─▶ endpoints.py ─▶ aiohttp ─▶ Response, DocumentStream
                                                 │ failed: the next one
                                                 ▼
                                   failures.py: one sentence an error

aiohttp is imported when a client is entered, not before: a server that watches no cluster does without.
"""

from clusterdns.cluster.api.access import Access, Surroundings, resolve
from clusterdns.cluster.api.client import ApiClient, Response, Timeouts
from clusterdns.cluster.api.errors import (
    ApiConfigError,
    ApiError,
    ApiProtocolError,
    ApiStatusError,
    ApiUnreachable,
    Unreachable,
)
from clusterdns.cluster.api.observer import Observer
from clusterdns.cluster.api.settings import ApiSettings, KubeconfigFile, TlsFiles
from clusterdns.cluster.api.stream import DocumentStream
from clusterdns.cluster.api.target import Target

__all__ = [
    "Access",
    "ApiClient",
    "ApiConfigError",
    "ApiError",
    "ApiProtocolError",
    "ApiSettings",
    "ApiStatusError",
    "ApiUnreachable",
    "DocumentStream",
    "KubeconfigFile",
    "Observer",
    "Response",
    "Surroundings",
    "Target",
    "Timeouts",
    "TlsFiles",
    "Unreachable",
    "resolve",
]
