"""HTTPS for metrics, from a web configuration file as Prometheus' own programs read it.

    tls_server_config:
      cert_file: server.crt            # relative names start from the folder of this file
      key_file: server.key
      client_ca_file: clients.crt
      client_auth_type: RequireAndVerifyClientCert
      min_version: TLS13

Other settings of such a file are refused by name: nobody shall believe that a password is asked for when
it is not.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clusterdns.corefile import CorefileError, Position
from clusterdns.files import open_regular, read_regular

__all__ = ["TlsSettings"]

MOST_OCTETS: Final = 1 << 20
"""Of the configuration file."""

SECTION: Final = "tls_server_config"
KNOWN: Final = frozenset({"cert_file", "key_file", "client_ca_file", "client_auth_type", "min_version"})
CLIENTS: Final = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
VERSIONS: Final = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """A file, and where the Corefile names it."""

    path: Path
    position: Position

    def load(self) -> ssl.SSLContext:
        """Read the file and what it names.

        Raises:
            CorefileError: one of them is missing or wrong.
        """
        import yaml  # noqa: PLC0415 - most metrics are not encrypted

        try:
            return self._context(_section(yaml.safe_load(read_regular(self.path, most=MOST_OCTETS))))
        except (OSError, ssl.SSLError, yaml.YAMLError, ValueError) as error:
            text = f'the TLS configuration "{self.path}" cannot be used: {error}'
            raise CorefileError(self.position, " ".join(text.split())) from error

    def _context(self, section: Mapping[str, str]) -> ssl.SSLContext:
        folder = self.path.parent
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = _one_of(VERSIONS, section.get("min_version", "TLS12"), "min_version")
        certificate, key = folder / _needed(section, "cert_file"), folder / _needed(section, "key_file")
        context.load_cert_chain(_regular(certificate), _regular(key))
        if "client_ca_file" in section:
            context.load_verify_locations(_regular(folder / section["client_ca_file"]))
        wanted = section.get("client_auth_type", "NoClientCert")
        context.verify_mode = _one_of(CLIENTS, wanted, "client_auth_type")
        return context


def _section(document: Any) -> Mapping[str, str]:
    section: Any = document.get(SECTION) if isinstance(document, dict) else None
    if not isinstance(section, dict):
        raise ValueError(f"it has no {SECTION}")  # noqa: TRY004 - a wrong file, not a wrong call
    for key in (*(key for key in document if key != SECTION), *(key for key in section if key not in KNOWN)):
        raise ValueError(f"{key} is not supported here")
    for key, value in section.items():
        if not isinstance(value, str):
            raise ValueError(f"{key} is no text")  # noqa: TRY004 - a wrong file, not a wrong call
    return section


def _regular(path: Path) -> Path:
    """The path, if OpenSSL, which opens whatever it is told to, can read what is there. Raises OSError."""
    os.close(open_regular(path))
    return path


def _needed(section: Mapping[str, str], key: str) -> str:
    if key not in section:
        raise ValueError(f"it has no {key}")
    return section[key]


def _one_of(choices: Mapping[str, Any], word: str, key: str) -> Any:
    if word not in choices:
        raise ValueError(f"{key} is one of {', '.join(choices)} here, not {word}")
    return choices[word]
