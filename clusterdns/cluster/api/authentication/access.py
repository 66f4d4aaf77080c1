"""Everything that a client needs to know of an API server."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clusterdns.cluster.api.authentication.credentials import Credentials
from clusterdns.cluster.api.authentication.proxy import Proxy
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.tls import Trust
from clusterdns.telemetry.redaction import Redactor

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEnvironment:
    """The inputs from outside the settings: environment variables, the service account's folder and clocks.
    Tests give their own.

    clock: seconds, never going back. now: seconds since 1970, to compare with dates of expiry.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    service_account: Path = SERVICE_ACCOUNT
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time

    @property
    def in_cluster(self) -> bool:
        """Whether we run in a Pod, as far as the environment tells."""
        return "KUBERNETES_SERVICE_HOST" in self.environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An API server as found.

    endpoints: base URLs without a slash at the end, at least one. trust: whom the server must prove to be.
    credentials: who we are. proxy: an HTTP proxy, None for none. headers: sent with every request.
    compression: whether a compressed answer may be asked for. refusals: which of the files that all this is
    from have gone bad since. redactor: knows its secrets.
    """

    endpoints: tuple[str, ...]
    trust: Trust
    credentials: Credentials
    proxy: Proxy | None = None
    headers: tuple[tuple[str, str], ...] = ()
    compression: bool = True
    refusals: Refusals = field(default_factory=Refusals, compare=False)
    redactor: Redactor = field(default_factory=Redactor, compare=False, repr=False)
