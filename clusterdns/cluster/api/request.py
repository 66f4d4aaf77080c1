"""A request to an API server, independent of its endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from clusterdns.cluster.api.target import Target

METHOD: Final = "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A GET. path: absolute, in ASCII. accept: the media types wanted. compressed: whether gzip may come."""

    path: str
    params: Mapping[str, str]
    accept: str
    compressed: bool = False

    @property
    def target(self) -> Target:
        """The verb and the resource that it asks for, as RBAC rules name them."""
        return Target.of(self.path, self.params)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The request's own headers, in addition to those of every request."""
        return ("Accept", self.accept), ("Accept-Encoding", "gzip" if self.compressed else "identity")

    def url(self, endpoint: str) -> str:
        """The whole URL at an endpoint, encoded."""
        return f"{endpoint}{self.path}?{urlencode(self.params)}" if self.params else f"{endpoint}{self.path}"
