"""Registering the secrets of kubeconfigs and credentials with the redactor."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Final

from clusterdns.cluster.api.authentication.credentials import Credential
from clusterdns.cluster.api.authentication.kubeconfig_shapes import KubeconfigUser
from clusterdns.telemetry.redaction import Redactor

NAMES: Final = re.compile(r"token|secret|passw|key|credential", re.IGNORECASE)
"""Names of variables that hold secrets. Others hold regions and profiles, which log lines may show."""


def keep_user(redactor: Redactor, user: KubeconfigUser) -> None:
    """Register the secrets that a kubeconfig's user holds: token, password, key, variables of a plugin."""
    for secret in (user.token, user.password, user.client_key_data):
        redactor.keep(secret)
    for variable in (user.exec.env or ()) if user.exec else ():
        if NAMES.search(variable.name):
            redactor.keep(variable.value)


def keep_authorization(redactor: Redactor, authorization: str) -> None:
    """Register the secrets in the value of an Authorization header that does not change."""
    for secret in _secrets(authorization):
        redactor.keep(secret)


class SeenCredentials:
    """Registers each credential that a request is made with."""

    def __init__(self, redactor: Redactor) -> None:
        self._seen: Callable[[str], None] = redactor.seen
        self._last: Credential | None = None

    def see(self, credential: Credential) -> None:
        """`credential` is about to be used."""
        if credential != self._last:
            self._last = credential
            for secret in _secrets(credential.authorization):
                self._seen(secret)
            if credential.certificate is not None:
                self._seen(credential.certificate.key.decode("ascii", "replace"))


def _secrets(authorization: str) -> Iterator[str]:
    scheme, _, secret = authorization.partition(" ")
    yield secret
    if scheme == "Basic":
        try:
            yield base64.b64decode(secret).decode().partition(":")[2]
        except (binascii.Error, UnicodeError):  # nothing that was encoded from a text
            return
