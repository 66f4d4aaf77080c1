"""Each fault of a kubeconfig file is one sentence that names the file, the place and what was expected."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme

from clusterdns.cluster.api import ApiConfigError, ApiSettings, KubeconfigFile, resolve

Kubeconfig: TypeAlias = Callable[..., ApiSettings]


def sentence(settings: ApiSettings) -> str:
    with pytest.raises(ApiConfigError) as caught:
        resolve(settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def of_text(folder: Path, text: str, context: str = "") -> str:
    path = folder / "kubeconfig"
    path.write_text(text)
    found = sentence(ApiSettings(kubeconfig=KubeconfigFile(path=str(path), context=context)))
    return found.replace(str(path), "FILE")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none"
    found = sentence(ApiSettings(kubeconfig=KubeconfigFile(path=str(path))))
    assert found == f"kubeconfig {path} cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "kubeconfig FILE is empty", id="empty"),
        pytest.param("a:\n  b: 'c", "kubeconfig FILE:2:8: this is no YAML: ", id="yaml"),
        pytest.param("a: \x00", "kubeconfig FILE: this is no YAML: ", id="control"),
        pytest.param("[" * 300_000 + "]" * 300_000, "kubeconfig FILE: this is no YAML: ", id="deep"),
        pytest.param("- " * 300_000, "kubeconfig FILE: this is no YAML: ", id="deep-block"),
        pytest.param("a: 2020-13-45", "kubeconfig FILE: this is no YAML: ValueError", id="no-date"),
        pytest.param("a: !!timestamp x", "kubeconfig FILE: this is no YAML: ", id="no-timestamp"),
        pytest.param("a: !!bool x", "kubeconfig FILE: this is no YAML: KeyError", id="no-bool"),
        pytest.param("? [a]\n: b", "kubeconfig FILE:1:3: this is no YAML: found unhashable key", id="key"),
        pytest.param("a: *b", "kubeconfig FILE:1:4: this is no YAML: found undefined alias", id="alias"),
        pytest.param(
            "- a", "kubeconfig FILE: this is no kubeconfig: Expected `object`, got `array`", id="list"
        ),
        pytest.param(
            "hello", "kubeconfig FILE: this is no kubeconfig: Expected `object`, got `str`", id="text"
        ),
        pytest.param(
            "clusters: {a: b}",
            "kubeconfig FILE: this is no kubeconfig: Expected `array | null`, got `object` - at `$.clusters`",
            id="shape",
        ),
        pytest.param(
            "kind: Config",
            "kubeconfig FILE: it has no current-context and none is named, there is none at all",
            id="nothing-in-it",
        ),
        pytest.param(
            "contexts: [{name: b, context: {}}, {name: a, context: {}}]",
            'kubeconfig FILE: it has no current-context and none is named, there are: "a", "b"',
            id="no-current-context",
        ),
        pytest.param(
            "current-context: c\ncontexts: [{name: a, context: {}}]",
            'kubeconfig FILE: it has no context "c" that current-context names, there are: "a"',
            id="current-context-missing",
        ),
        pytest.param(
            "current-context: a\ncontexts: [{name: a, context: {cluster: x}}]\nclusters: [{name: y}]",
            'kubeconfig FILE: context "a" names the cluster "x", there are: "y"',
            id="cluster-missing",
        ),
        pytest.param(
            "current-context: a\ncontexts: [{name: a, context: {cluster: x, user: u}}]\n"
            "clusters: [{name: x}]",
            'kubeconfig FILE: context "a" names the user "u", there is none at all',
            id="user-missing",
        ),
        pytest.param(
            "current-context: a\ncontexts: [{name: a, context: {cluster: x}}]\nclusters: [{name: x}]",
            'kubeconfig FILE: cluster "x" has no server: expected a URL',
            id="no-server",
        ),
    ],
)
def test_files(tmp_path: Path, text: str, expected: str) -> None:
    assert of_text(tmp_path, text).startswith(expected)


def test_a_context_that_was_named_and_is_missing(tmp_path: Path) -> None:
    text = "current-context: a\ncontexts: [{name: a, context: {}}]"
    assert of_text(tmp_path, text, "b") == 'kubeconfig FILE: it has no context "b", there are: "a"'


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        pytest.param(
            "certificate-authority: ca.pem",
            "the certificate authority file {}/ca.pem cannot be read: No such file or directory",
            id="no-authority-file",
        ),
        pytest.param(
            "certificate-authority-data: '%'",
            "kubeconfig {}/kubeconfig: certificate-authority-data is no base64: ",
            id="base64",
        ),
        pytest.param(
            "certificate-authority-data: aGVsbG8=",
            "kubeconfig {}/kubeconfig: certificate-authority-data holds no certificate: expected PEM",
            id="no-pem",
        ),
        pytest.param(
            "proxy-url: 'socks5://me:secret@10.0.0.1'",
            'kubeconfig {}/kubeconfig: cluster "home": proxy-url: URL "socks5://10.0.0.1" has the scheme '
            '"socks5": expected http://HOST[:PORT] or https://HOST[:PORT]',
            id="proxy",
        ),
    ],
)
def test_clusters(kubeconfig: Kubeconfig, tmp_path: Path, cluster: str, expected: str) -> None:
    assert sentence(kubeconfig(cluster=cluster)).startswith(expected.format(tmp_path))


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        pytest.param("tokenFile: t", "the token file {}/t cannot be read: No such file", id="token-file"),
        pytest.param(
            "token: abc, username: me",
            'kubeconfig {}/kubeconfig: user "me" has a token and a username: expected one of them',
            id="token-and-username",
        ),
        pytest.param(
            "client-key-data: aGVsbG8=",
            'kubeconfig {}/kubeconfig: user "me" has a client-key but no client-certificate: expected both',
            id="key-alone",
        ),
        pytest.param(
            "client-certificate-data: aGVsbG8=",
            'kubeconfig {}/kubeconfig: user "me" has a client-certificate but no client-key: expected both',
            id="certificate-alone",
        ),
        pytest.param(
            "client-certificate-data: aGVsbG8=, client-key-data: aGVsbG8=",
            'kubeconfig {}/kubeconfig: user "me": client-certificate and client-key are no pair that can be '
            "read: ",
            id="no-pair",
        ),
        pytest.param(
            "auth-provider: {name: gcp}",
            'kubeconfig {}/kubeconfig: user "me" has an auth-provider, which Kubernetes has removed: '
            "expected an exec plugin",
            id="auth-provider",
        ),
        pytest.param(
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-program-here, "
            "installHint: 'get it at\n example.org'}",
            'kubeconfig {}/kubeconfig: user "me": exec plugin: there is no program "no-such-program-here"; '
            "get it at example.org",
            id="plugin-missing",
        ),
        pytest.param(
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin}",
            'kubeconfig {}/kubeconfig: user "me": exec plugin: there is no program "{}/plugin"',
            id="plugin-path-missing",
        ),
        pytest.param(
            "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: sh}",
            'kubeconfig {}/kubeconfig: user "me": exec plugin has apiVersion '
            '"client.authentication.k8s.io/v1alpha1": expected client.authentication.k8s.io/v1 or '
            "client.authentication.k8s.io/v1beta1",
            id="plugin-version",
        ),
        pytest.param(
            "exec: {apiVersion: client.authentication.k8s.io/v1}",
            'kubeconfig {}/kubeconfig: user "me": exec plugin has no command',
            id="plugin-without-command",
        ),
        pytest.param(
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: Always}",
            'kubeconfig {}/kubeconfig: user "me": exec plugin has interactiveMode Always, '
            "but a server has no terminal",
            id="plugin-asks",
        ),
    ],
)
def test_users(kubeconfig: Kubeconfig, tmp_path: Path, user: str, expected: str) -> None:
    found = sentence(kubeconfig(user=user))
    assert found.startswith(expected.format(tmp_path, tmp_path))


def test_a_key_that_belongs_to_another_certificate(
    authority: trustme.CA, kubeconfig: Kubeconfig, tmp_path: Path
) -> None:
    authority.issue_cert("me@example.org").cert_chain_pems[0].write_to_path(str(tmp_path / "crt"))
    authority.issue_cert("you@example.org").private_key_pem.write_to_path(str(tmp_path / "key"))
    found = sentence(kubeconfig(user="client-certificate: crt, client-key: key"))
    assert "client-certificate and client-key are no pair that can be read: key values mismatch" in found
