"""From the files of a certificate to the TLS context of connections."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from clusterdns.files import read_regular
from clusterdns_plugins.tls.config import ClientAuth, NamedFile, Settings

__all__ = ["BadFileError", "make_context", "read_files"]

MOST_OCTETS: Final = 1 << 20
"""Of each file."""

PROTOCOLS: Final = ("dot",)
"""What clients may name when they agree upon TLS (RFC 7301, IANA's registry); they need not."""

VERIFIED: Final = {
    ClientAuth.VERIFY_IF_GIVEN: ssl.CERT_OPTIONAL,
    ClientAuth.REQUIRE_AND_VERIFY: ssl.CERT_REQUIRED,
}


@dataclass
class BadFileError(Exception):
    """A file that is missing or wrong, and why. `file` is where the Corefile names it."""

    file: NamedFile
    reason: str

    def __str__(self) -> str:
        return f'"{self.file.path}" cannot be used: {self.reason}'


def read_files(settings: Settings, root: Path) -> tuple[bytes, ...]:
    """A digest of each file, by which one state of them is told from another.

    Raises:
        BadFileError: one of them cannot be read.
    """
    files = (settings.certificate, settings.key, settings.authority)
    return tuple(_digest(file, root) for file in files if file is not None)


def make_context(settings: Settings, root: Path) -> ssl.SSLContext:
    """Make the TLS context of connections. Slow with the system's authorities: not on the event loop.

    Raises:
        BadFileError: a file is missing, or is not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(PROTOCOLS)
    _load_pair(context, settings, root)
    _load_authority(context, settings, root)
    context.verify_mode = VERIFIED.get(settings.client_auth, ssl.CERT_NONE)
    if settings.key_log is not None:
        _log_keys(context, settings.key_log, root)
    return context


def _digest(file: NamedFile, root: Path) -> bytes:
    try:
        return blake2b(read_regular(root / file.path, most=MOST_OCTETS)).digest()
    except OSError as error:
        raise BadFileError(file, error.strerror or str(error)) from error


def _load_pair(context: ssl.SSLContext, settings: Settings, root: Path) -> None:
    certificate, key = settings.certificate, settings.key
    try:
        context.load_cert_chain(root / certificate.path, root / key.path, password=_no_password)
    except (OSError, ValueError) as error:
        reason = f'with the key "{key.path}": {_words(error)}'
        raise BadFileError(certificate, reason) from error


def _load_authority(context: ssl.SSLContext, settings: Settings, root: Path) -> None:
    authority = settings.authority
    if authority is None:
        if settings.client_auth.verifies:
            context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
        return
    try:
        context.load_verify_locations(root / authority.path)
    except (OSError, ValueError) as error:
        raise BadFileError(authority, _words(error)) from error


def _log_keys(context: ssl.SSLContext, file: NamedFile, root: Path) -> None:
    """Have the secrets of connections appended to `file`, which nobody else may read if it is made here."""
    path = root / file.path
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o600))
        context.keylog_filename = str(path)
    except OSError as error:
        raise BadFileError(file, error.strerror or str(error)) from error


def _no_password() -> str:
    raise ValueError("the key is encrypted, expected one without a password")


def _words(error: Exception) -> str:
    """OpenSSL's reason in words, or the system's."""
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return str(error)
