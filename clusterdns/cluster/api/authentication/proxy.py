"""HTTP proxies on the way to the API server (`proxy-url` of a kubeconfig)."""

from dataclasses import dataclass, field
from urllib.parse import unquote

from clusterdns.cluster.api.authentication.credentials import basic
from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.cluster.api.urls import server_url, split_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy. url: without user and password. authorization: the value of Proxy-Authorization, "" for none.

    They are kept apart, so that no library has the password in a URL that it may repeat.
    """

    url: str
    authorization: str = field(default="", repr=False)


def proxy_of(text: str, origin: str) -> Proxy:
    """The proxy of `http://[USER[:PASSWORD]@]HOST[:PORT]`, where both may be percent-encoded.

    Raises:
        ApiConfigError: it is no such URL.
    """
    parts = split_url(text if "://" in text else f"http://{text}", origin)
    if parts.query or parts.fragment:
        raise ApiConfigError(f"{origin}: expected a URL without a query and a fragment")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    authorization = basic(user, password) if user or password else ""
    return Proxy(url=server_url(parts), authorization=authorization)
