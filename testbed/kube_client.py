"""Asking a Kubernetes API server as an administrator with kubectl does.

client = KubeClient("https://127.0.0.1:6443", authority=Path("ca.pem"), token="...")
client.apply({"kind": "Namespace", "metadata": {"name": "shop"}})
client.items("Service")
"""

import json
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

__all__ = ["Document", "KubeClient", "RefusedError"]

ANSWER_SECONDS: Final = 3.0
RBAC: Final = "rbac.authorization.k8s.io/v1"
RESOURCES: Final[Mapping[str, tuple[str, str]]] = {
    "Namespace": ("v1", "namespaces"),
    "Service": ("v1", "services"),
    "ServiceAccount": ("v1", "serviceaccounts"),
    "Pod": ("v1", "pods"),
    "EndpointSlice": ("discovery.k8s.io/v1", "endpointslices"),
    "ClusterRole": (RBAC, "clusterroles"),
    "ClusterRoleBinding": (RBAC, "clusterrolebindings"),
    "Role": (RBAC, "roles"),
    "RoleBinding": (RBAC, "rolebindings"),
}
"""Kind → apiVersion and plural."""

Document = dict[str, Any]


class RefusedError(Exception):
    """The API server said no: `code` is HTTP's, the text is its message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class KubeClient:
    """All methods raise RefusedError for a request that is refused, and OSError for one without answer."""

    def __init__(self, url: str, *, authority: Path, token: str) -> None:
        self._url = url
        self._context = ssl.create_default_context(cafile=authority)
        self._token = token

    def apply(self, document: Document) -> None:
        """Create an object, or merge what is said into the one that is there; its status, too."""
        document = {"apiVersion": RESOURCES[document["kind"]][0], **document}
        kind, metadata = str(document["kind"]), document["metadata"]
        namespace, name = str(metadata.get("namespace", "")), str(metadata["name"])
        try:
            self.ask("POST", path_of(kind, namespace), document)
        except RefusedError as refusal:
            if refusal.code != HTTPStatus.CONFLICT:
                raise
            self.ask("PATCH", path_of(kind, namespace, name), document)
        if "status" in document:
            status = {"status": document["status"]}
            self.ask("PATCH", f"{path_of(kind, namespace, name)}/status", status)

    def delete(self, kind: str, namespace: str, name: str) -> None:
        """Delete an object, at once. A Namespace is finalized, as its controller does when it is empty."""
        path = path_of(kind, namespace, name)
        self.ask("DELETE", f"{path}?gracePeriodSeconds=0")
        if kind == "Namespace":
            document = self.ask("GET", path)
            document["spec"]["finalizers"] = []
            self.ask("PUT", f"{path}/finalize", document)

    def items(self, kind: str) -> list[Document]:
        """All objects of a kind as they are now, each with its kind and apiVersion."""
        listed = self.ask("GET", path_of(kind))["items"]
        return [{"kind": kind, "apiVersion": RESOURCES[kind][0], **one} for one in listed]

    def text(self, path: str) -> str:
        """GET a path, and return the body as it is."""
        return self._answer(Request(self._url + path))  # noqa: S310 - our own URL

    def ask(self, method: str, path: str, document: Document | None = None) -> Document:
        """A request with JSON."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        body = None if document is None else json.dumps(document).encode()
        request = Request(self._url + path, body, {"Content-Type": kind}, method=method)  # noqa: S310
        answer: Document = json.loads(self._answer(request))
        return answer

    def _answer(self, request: Request) -> str:
        request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with urlopen(request, timeout=ANSWER_SECONDS, context=self._context) as reply:  # noqa: S310
                return str(reply.read(), "utf-8")
        except HTTPError as error:
            with error:
                raise RefusedError(error.code, error.read().decode()) from None


def path_of(kind: str, namespace: str = "", name: str = "") -> str:
    """Of a collection, or of an object in it."""
    version, plural = RESOURCES[kind]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    place = f"{root}/namespaces/{namespace}" if namespace else root
    return f"{place}/{plural}/{name}" if name else f"{place}/{plural}"
