"""Certificates of an authority made for a test: a server's files, and clients that trust it."""

import ssl
from pathlib import Path

import trustme

__all__ = ["trusting", "write_certificate"]


def write_certificate(folder: Path, authority: trustme.CA, *, host: str = "127.0.0.1") -> None:
    """Issue a certificate for `host`, and write `cert.pem`, `key.pem` and the authority's own `ca.pem`."""
    issued = authority.issue_cert(host, "::1")
    (folder / "cert.pem").write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(folder / "key.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")


def trusting(authority: trustme.CA, *, issuer: trustme.CA | None = None) -> ssl.SSLContext:
    """A client's TLS context: it trusts `authority`, and shows a certificate of `issuer` if given."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    if issuer is not None:
        issuer.issue_cert("client").configure_cert(context)
    return context
