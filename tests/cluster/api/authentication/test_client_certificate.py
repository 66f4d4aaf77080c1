"""Client certificates get into TLS contexts without a folder that can be written."""

import base64
import os
import ssl
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from clusterdns.cluster.api import ApiClient, ApiConfigError, ApiSettings
from clusterdns.cluster.api.authentication import client_certificate
from clusterdns.cluster.api.authentication.client_certificate import SEALED, check_pair
from testbed.octets import OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]

REAL_MEMFD = os.memfd_create


def no_temporary_file(*_: object, **__: object) -> None:
    raise FileNotFoundError(2, "No usable temporary directory found")


def no_memory_file(*_: object) -> int:
    raise OSError(38, "Function not implemented")


def never_sealed(name: str, flags: int) -> int:
    if flags & SEALED:
        raise OSError(22, "Invalid argument")
    return REAL_MEMFD(name, flags)


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


@pytest.fixture
def pair(authority: trustme.CA) -> tuple[bytes, bytes]:
    leaf = authority.issue_cert("me@example.org")
    return leaf.cert_chain_pems[0].bytes(), leaf.private_key_pem.bytes()


async def test_a_handshake_without_any_folder_that_can_be_written(
    serve: Serve,
    authority: trustme.CA,
    kubeconfig: Callable[..., ApiSettings],
    pair: tuple[bytes, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = await serve(empty, certificate=authority.issue_cert("127.0.0.1"), clients=authority)
    shown, key = (base64.b64encode(part).decode() for part in pair)
    settings = kubeconfig(
        server=server.url,
        cluster="insecure-skip-tls-verify: true",
        user=f"client-certificate-data: {shown}, client-key-data: {key}",
    )
    monkeypatch.setattr(tempfile, "_get_default_tempdir", no_temporary_file)
    monkeypatch.setattr(tempfile, "tempdir", None)
    before = descriptors()
    async with ApiClient(settings) as client:
        await client.get("/readyz")
    assert descriptors() == before


@pytest.mark.parametrize(
    "memfd",
    [
        pytest.param(never_sealed, id="before-linux-6.3"),
        pytest.param(no_memory_file, id="no-memory-files"),
        pytest.param(REAL_MEMFD, id="no-proc"),
    ],
)
def test_other_systems(
    pair: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memfd: Callable[..., int]
) -> None:
    monkeypatch.setattr(os, "memfd_create", memfd)
    if memfd is REAL_MEMFD:
        monkeypatch.setattr(client_certificate, "OPEN_FILES", "/nowhere")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = descriptors()
    assert check_pair(*pair, origin="x").certificate == pair[0]
    assert list(tmp_path.iterdir()) == []
    assert descriptors() == before


def test_a_system_without_memory_files_in_python(
    pair: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    check_pair(*pair, origin="x")


def test_a_temporary_file_is_for_us_alone(
    pair: tuple[bytes, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []

    def look(context: ssl.SSLContext, certificate: str, key: str, *, password: object) -> None:
        del context, password
        modes.extend(Path(path).stat().st_mode & 0o777 for path in (certificate, key))

    monkeypatch.setattr(os, "memfd_create", no_memory_file)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", look)
    check_pair(*pair, origin="x")
    assert modes == [0o600, 0o600]


def test_without_either_it_is_one_sentence(
    pair: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "memfd_create", no_memory_file)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", no_temporary_file)
    monkeypatch.setattr(tempfile, "tempdir", None)
    with pytest.raises(ApiConfigError, match=r"x cannot be loaded: .*No usable temporary directory"):
        check_pair(*pair, origin="x")


def test_an_encrypted_key_is_asked_no_password_for(pair: tuple[bytes, bytes]) -> None:
    key = serialization.load_pem_private_key(pair[1], None)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"x"),
    )
    with pytest.raises(ApiConfigError, match="the key is encrypted, expected one without a password"):
        check_pair(pair[0], encrypted, origin="x")
