"""URLs of API servers and proxies, as people write them."""

from typing import Final
from urllib.parse import SplitResult, urlsplit

from clusterdns.cluster.api.errors import ApiConfigError

SCHEMES: Final = frozenset({"http", "https"})


def base_url(text: str, origin: str, *, tls: bool) -> str:
    """The URL without a slash at its end. A text without a scheme gets https if `tls`, else http.

    Raises:
        ApiConfigError: it is no URL of a server.
    """
    parts = _split(text if "://" in text else f"{'https' if tls else 'http'}://{text}", origin)
    if parts.username is not None or parts.query or parts.fragment:
        raise ApiConfigError(f'{origin}: URL "{_hidden(parts)}": expected no user, no query and no fragment')
    return parts.geturl().rstrip("/")


def proxy_url(text: str, origin: str) -> str:
    """The URL of an HTTP proxy. Raises ApiConfigError."""
    return _split(text if "://" in text else f"http://{text}", origin).geturl()


def host_and_port(url: str) -> str:
    """What metrics call the host."""
    return urlsplit(url).netloc


def _split(text: str, origin: str) -> SplitResult:
    expected = "expected http://HOST[:PORT] or https://HOST[:PORT]"
    try:
        parts = urlsplit(text)
        port_is_number = parts.port is None or parts.port >= 0
    except ValueError as error:
        raise ApiConfigError(f"{origin}: this is no URL ({error}): {expected}") from error
    if parts.scheme not in SCHEMES:
        raise ApiConfigError(f'{origin}: URL "{_hidden(parts)}" has the scheme "{parts.scheme}": {expected}')
    if not parts.hostname or not port_is_number or any(one.isspace() for one in text):
        raise ApiConfigError(f'{origin}: URL "{_hidden(parts)}" names no host: {expected}')
    return parts


def _hidden(parts: SplitResult) -> str:
    # Without what may be a password.
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
