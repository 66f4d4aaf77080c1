"""Configurations that cannot be encrypted are refused when they are loaded."""

from pathlib import Path

import pytest

from clusterdns.corefile import CorefileErrors
from clusterdns.server import check
from clusterdns.testing.serving import configured


@pytest.mark.parametrize(
    ("corefile", "said"),
    [
        pytest.param(
            "tls://a {{\n whoami\n}}\n", "Corefile:1:1: tls://:853 is encrypted, but this", id="no plugin"
        ),
        pytest.param(
            "tls://a {{\n tls {0}/cert.pem {0}/key.pem\n}}\ntls://b {{\n whoami\n}}\n",
            "Corefile:4:1: tls://:853 is encrypted, but this",
            id="in one block of two",
        ),
        pytest.param(
            "tls://a {{\n tls {0}/cert.pem {0}/key.pem\n}}\n"
            "tls://b {{\n tls {0}/cert.pem {0}/key.pem {0}/ca.pem\n}}\n",
            "Corefile:4:1: tls://:853 is encrypted with what the plugin tls says in the server block at "
            "Corefile:1:1",
            id="otherwise",
        ),
        pytest.param(
            "a:853 {{\n whoami\n}}\ntls://b {{\n tls {0}/cert.pem {0}/key.pem\n}}\n",
            "Corefile:4:1: tls://b.:853 needs the port that dns:// is served on at Corefile:1:1",
            id="a port for two",
        ),
    ],
)
def test_what_cannot_be_encrypted_is_said_when_it_is_loaded(corefile: str, said: str, folder: Path) -> None:
    with pytest.raises(CorefileErrors) as raised:
        check(configured(corefile.format(folder)))
    assert str(raised.value).startswith(said)
