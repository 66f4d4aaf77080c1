"""Whom we trust to be the API server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How the server's certificate is verified.

    authority_file: PEM file, read again when it changes; authority: PEM. With neither, the system's
    authorities count. server_name: the name in the certificate, "" for the host of the URL. insecure: no
    verification at all.
    """

    authority_file: str = ""
    authority: bytes = b""
    server_name: str = ""
    insecure: bool = False
