"""The credentials of the user of a kubeconfig's context."""

from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import quote

from clusterdns.cluster.api.authentication.access import ProcessEnvironment
from clusterdns.cluster.api.authentication.certificate_source import CertificateSource
from clusterdns.cluster.api.authentication.credentials import (
    Credentials,
    StoredCredentials,
    basic,
    bearer,
    token_file,
)
from clusterdns.cluster.api.authentication.exec_plugin import ExecPlugin
from clusterdns.cluster.api.authentication.exec_program import program
from clusterdns.cluster.api.authentication.kubeconfig_file import Chosen
from clusterdns.cluster.api.authentication.kubeconfig_shapes import KubeconfigUser
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.watched_file import ContentSource, FixedContent, WatchedFile
from clusterdns.cluster.api.errors import ApiConfigError

WHAT: Final = "the token file"


def credentials(chosen: Chosen, process: ProcessEnvironment, refusals: Refusals) -> Credentials:
    """Credentials as the user has them: files before texts, a plugin only where there is nothing else.

    Raises:
        ApiConfigError: something is missing or wrong.
    """
    user = chosen.user
    where = f'kubeconfig {chosen.path}: user "{chosen.user_name}"'
    if user.auth_provider is not None:
        raise ApiConfigError(
            f"{where} has an auth-provider, which Kubernetes has removed: expected an exec plugin"
        )
    token, token_origin = _token(chosen, process.clock, refusals)
    if token is not None and user.username:
        raise ApiConfigError(f"{where} has a token and a username: expected one of them")
    certificate = _certificate(chosen, process.clock, refusals, where=where)
    if user.exec is not None and token is None and not user.username and certificate is None:
        return ExecPlugin(program(chosen, user.exec, process, where=where), process)
    return StoredCredentials(
        authorization=basic(user.username, user.password) if user.username else "",
        token=token,
        token_origin=token_origin,
        certificate=certificate,
    )


def impersonation(user: KubeconfigUser, where: str) -> tuple[tuple[str, str], ...]:
    """The headers by which the user acts as another one (`as`, `as-uid`, `as-groups`, `as-user-extra`).

    Raises:
        ApiConfigError: one cannot stand in a header.
    """
    headers = [("Impersonate-User", user.as_user), ("Impersonate-Uid", user.as_uid)]
    headers += [("Impersonate-Group", group) for group in user.as_groups or ()]
    headers += [
        (f"Impersonate-Extra-{quote(key, safe='')}", value)
        for key, values in (user.as_user_extra or {}).items()
        for value in values
    ]
    if not all(value.isprintable() for _, value in headers):
        raise ApiConfigError(f"{where} acts as another one, by a name that no header can hold")
    return tuple((name, value) for name, value in headers if value)


def _token(
    chosen: Chosen, clock: Callable[[], float], refusals: Refusals
) -> tuple[ContentSource | None, str]:
    user = chosen.user
    if user.token_file:
        path = chosen.beside(user.token_file)
        return token_file(path, WHAT, clock=clock, refusals=refusals), f"{WHAT} {path}"
    if user.token:
        origin = f'kubeconfig {chosen.path}: token of user "{chosen.user_name}"'
        token = user.token.encode()
        bearer(token, origin)
        return FixedContent(token), origin
    return None, ""


def _certificate(
    chosen: Chosen, clock: Callable[[], float], refusals: Refusals, *, where: str
) -> CertificateSource | None:
    user = chosen.user
    pem = partial(_pem, chosen, partial(WatchedFile, clock=clock, refusals=refusals))
    certificate = pem("client-certificate", user.client_certificate, user.client_certificate_data)
    key = pem("client-key", user.client_key, user.client_key_data)
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        has, lacks = ("client-key", "client-certificate") if key else ("client-certificate", "client-key")
        raise ApiConfigError(f"{where} has a {has} but no {lacks}: expected both")
    origin = f"{where}: client-certificate and client-key"
    return CertificateSource(certificate=certificate, key=key, origin=origin, refusals=refusals)


def _pem(
    chosen: Chosen, watched: Callable[[str, str], WatchedFile], field: str, path: str, data: str
) -> FixedContent | WatchedFile | None:
    if data:
        return FixedContent(chosen.decoded(f"{field}-data", data))
    if path:
        return watched(chosen.beside(path), f"the {field} file")
    return None
