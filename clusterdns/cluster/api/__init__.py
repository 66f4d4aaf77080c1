"""The client of an API server: endpoints, credentials, requests and streams, for any resource.

    ApiSettings ─▶ resolving.py ─▶ Access              once, in a thread: files are read
                     ├─ in_cluster.py                   the Pod's service account
                     ├─ kubeconfig.py                   contexts, users, clusters ─▶ exec_plugin.py
                     └─ endpoints and tls of the Corefile
    file ─▶ watched_file.py, certificate_source.py ─▶ refusals.py: it has gone bad, the last good one counts
    what may hang ─▶ blocking.py
    path, params ─▶ client.py ─▶ limits.py ─▶ endpoints.py ─▶ aiohttp ─▶ Response, DocumentStream
                                                 │ failed: the next one
                                                 ▼
                                   failures.py: one sentence an error ─▶ leaving.py: without secrets

aiohttp is imported when a client is entered, not before: a server that watches no cluster does without.
"""

from clusterdns.cluster.api.authentication.access import Access, ProcessEnvironment
from clusterdns.cluster.api.authentication.resolving import resolve
from clusterdns.cluster.api.client import ApiClient, Response
from clusterdns.cluster.api.errors import (
    ApiConfigError,
    ApiError,
    ApiProtocolError,
    ApiStatusError,
    ApiUnforeseenError,
    ApiUnreachable,
    Unreachable,
)
from clusterdns.cluster.api.framing import Document, Oversized
from clusterdns.cluster.api.observer import Observer
from clusterdns.cluster.api.settings import ApiSettings, KubeconfigFile, TlsFiles
from clusterdns.cluster.api.status import status_error
from clusterdns.cluster.api.stream import DocumentStream
from clusterdns.cluster.api.streamed_response import StreamedResponse
from clusterdns.cluster.api.target import Target
from clusterdns.cluster.api.timeouts import Timeouts

__all__ = [
    "Access",
    "ApiClient",
    "ApiConfigError",
    "ApiError",
    "ApiProtocolError",
    "ApiSettings",
    "ApiStatusError",
    "ApiUnforeseenError",
    "ApiUnreachable",
    "Document",
    "DocumentStream",
    "KubeconfigFile",
    "Observer",
    "Oversized",
    "ProcessEnvironment",
    "Response",
    "StreamedResponse",
    "Target",
    "Timeouts",
    "TlsFiles",
    "Unreachable",
    "resolve",
    "status_error",
]
