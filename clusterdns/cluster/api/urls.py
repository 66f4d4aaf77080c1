"""URLs of API servers and proxies, as people write them. No error repeats a user, a password or a query."""

import ssl
from typing import Final
from urllib.parse import SplitResult, urlsplit

from clusterdns.cluster.api.errors import ApiConfigError

SCHEMES: Final = frozenset({"http", "https"})
EXPECTED: Final = "expected http://HOST[:PORT] or https://HOST[:PORT]"


def base_url(text: str, origin: str, *, tls: bool) -> str:
    """The URL without a slash at its end. A text without a scheme gets https if `tls`, else http.

    Raises:
        ApiConfigError: it is no URL of a server.
    """
    whole = text if "://" in text else f"{'https' if tls else 'http'}://{text}"
    parts = split_url(whole, origin)
    if parts.username is not None or parts.query or parts.fragment:
        raise ApiConfigError(f'{origin}: URL "{_shown(whole)}": expected no user, no query and no fragment')
    return parts.geturl().rstrip("/")


def split_url(text: str, origin: str) -> SplitResult:
    """The parts of the URL of a server. Raises ApiConfigError."""
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        # Its words repeat what stands where a port should, which may be the half of a password.
        raise ApiConfigError(f'{origin}: "{_shown(text)}" is no URL: {EXPECTED}') from None
    if parts.scheme not in SCHEMES:
        raise ApiConfigError(f'{origin}: URL "{_shown(text)}" has the scheme "{parts.scheme}": {EXPECTED}')
    if not is_whole or not text.isprintable() or any(one.isspace() for one in text):
        raise ApiConfigError(f'{origin}: URL "{_shown(text)}" names no host: {EXPECTED}')
    if "@" in parts.path or "@" in parts.query or "@" in parts.fragment:
        raise ApiConfigError(
            f'{origin}: URL "{_shown(text)}" has an @ behind its host: '
            "expected / ? # of a password as %2F %3F %23"
        )
    check_host(parts.hostname or "", f'{origin}: URL "{_shown(text)}"')
    return parts


def check_host(name: str, origin: str) -> None:
    """Raises ApiConfigError unless a certificate could be for such a host."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=name)
    except (ValueError, TypeError) as error:
        raise ApiConfigError(f"{origin} has a host name that no server can have") from error


def server_url(parts: SplitResult) -> str:
    """The URL without its user."""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def host_and_port(url: str) -> str:
    """`host:port` of a URL, as metrics label it."""
    return urlsplit(url).netloc


def _shown(text: str) -> str:
    """A URL as an error shows it: up to its host, whatever is wrong with it."""
    scheme, _, rest = text.partition("://")
    # From the last @ on: a password that holds an @ or a slash is one of the things that can be wrong.
    host = rest.rpartition("@")[2]
    for mark in "?#":
        host = host.partition(mark)[0]
    return f"{scheme}://{host}"
