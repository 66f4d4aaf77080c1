from pathlib import Path

import pytest
import trustme

from testbed.certificates import write_certificate


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def stranger() -> trustme.CA:
    """An authority that nobody trusts."""
    return trustme.CA()


@pytest.fixture
def folder(tmp_path: Path, authority: trustme.CA) -> Path:
    """Where `cert.pem`, `key.pem` and `ca.pem` are."""
    write_certificate(tmp_path, authority)
    return tmp_path
