"""Client certificates with their keys, and how they get into a TLS context without being in a folder."""

import os
import re
import ssl
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from clusterdns.cluster.api.errors import ApiConfigError

PLACES: Final = re.compile(r"^\[\w+\] | \(_ssl\.c:\d+\)$")

OPEN_FILES: Final = "/proc/self/fd"

SEALED: Final = 0x0008
"""MFD_NOEXEC_SEAL of Linux 6.3, which Python has no name for: some systems refuse memory files without it,
older ones refuse it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCertificate:
    """A certificate (with its chain) and its key, PEM. origin: where they are from, for the log."""

    certificate: bytes
    key: bytes = field(repr=False)
    origin: str = field(compare=False)


def check_pair(certificate: bytes, key: bytes, *, origin: str) -> ClientCertificate:
    """Both as a pair. Raises ApiConfigError unless they can be read and belong together."""
    pair = ClientCertificate(certificate=certificate, key=key, origin=origin)
    load_pair(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pair)
    return pair


def load_pair(context: ssl.SSLContext, pair: ClientCertificate) -> None:
    """Have `context` show the certificate to servers.

    Raises:
        ApiConfigError: they cannot be read or do not belong together.
    """
    try:
        _load(context, pair)
    except ssl.SSLError as error:
        raise ApiConfigError(f"{pair.origin} are no pair that can be read: {tls_words(error)}") from error
    except (OSError, ValueError) as error:
        raise ApiConfigError(f"{pair.origin} cannot be loaded: {error}") from error


def tls_words(error: ssl.SSLError) -> str:
    """OpenSSL's reason in words, without where in its source it was found."""
    return PLACES.sub("", error.reason or str(error)).replace("_", " ").lower()


def _load(context: ssl.SSLContext, pair: ClientCertificate) -> None:
    # The standard library reads pairs from files only. One in memory needs no folder that can be written, and
    # never lets the key reach a disk; the other way is for systems without such files or without /proc.
    for as_file in (_memory_file, _temporary_file):
        try:
            with ExitStack() as stack:
                certificate = stack.enter_context(as_file(pair.certificate))
                key = stack.enter_context(as_file(pair.key))
                context.load_cert_chain(certificate, key, password=_no_password)
        except ssl.SSLError:
            raise
        except (OSError, AttributeError):
            if as_file is _temporary_file:
                raise
        else:
            return


@contextmanager
def _memory_file(octets: bytes) -> Generator[str]:
    """The path of a file that is in memory only. Raises OSError or AttributeError where there are none."""
    try:
        fd = os.memfd_create("pem", os.MFD_CLOEXEC | SEALED)
    except OSError:
        fd = os.memfd_create("pem", os.MFD_CLOEXEC)
    with os.fdopen(fd, "wb") as file:
        file.write(octets)
        file.flush()
        yield f"{OPEN_FILES}/{fd}"


@contextmanager
def _temporary_file(octets: bytes) -> Generator[str]:
    """The path of a file that nobody else may read (mode 0600), for a moment."""
    with tempfile.NamedTemporaryFile(prefix="clusterdns-") as file:
        file.write(octets)
        file.flush()
        yield file.name


def _no_password() -> str:
    raise ValueError("the key is encrypted, expected one without a password")
