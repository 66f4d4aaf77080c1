"""The settings of a client: API server and limits, compared by value so that equal ones share a client."""

from dataclasses import dataclass

MOST_ENDPOINTS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """The files of `tls CERT KEY CA`: a client certificate, its key, the authority of the server; PEM."""

    certificate: str
    key: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeconfigFile:
    """A kubeconfig file and the name of a context in it; "" is its current-context."""

    path: str
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """Where the API server is. With neither `kubeconfig` nor `endpoints` it is the one of the Pod we run in.

    kubeconfig: counts before `endpoints` and `tls`, as in CoreDNS.
    endpoints: URLs; the next is tried when one fails. Without a scheme, https if there is `tls`, else http.
    qps: requests per second, all kinds counted; 0 is no limit. burst: how many may come at once after a
    quiet time; 0 is 10, or 1 without qps. max_inflight: requests at the same time; 0 is no limit. What
    counts how is said in limits.py.

    Raises:
        ValueError: a negative number, or too many endpoints.
    """

    kubeconfig: KubeconfigFile | None = None
    endpoints: tuple[str, ...] = ()
    tls: TlsFiles | None = None
    qps: float = 0.0
    burst: int = 0
    max_inflight: int = 0

    def __post_init__(self) -> None:
        if min(self.qps, self.burst, self.max_inflight) < 0:
            raise ValueError("qps, burst and max_inflight: expected numbers of at least 0")
        if len(self.endpoints) > MOST_ENDPOINTS:
            raise ValueError(f"{len(self.endpoints)} endpoints: expected at most {MOST_ENDPOINTS}")
