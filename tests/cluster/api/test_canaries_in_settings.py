"""No secret leaves: mistakes in kubeconfigs and Corefiles with secrets in every place."""

from pathlib import Path

import pytest

from clusterdns.cli import main
from clusterdns.cluster.api import ApiConfigError, ApiSettings, resolve
from testbed.canaries import MARK, TOKEN, Written, everything, leaks

WITH_TOKEN = f"token: '{TOKEN}'"


@pytest.mark.parametrize(
    "cluster",
    [
        pytest.param(f"proxy-url: '{url}'", id=url.replace(MARK, "x"))
        for url in (
            f"socks5://me:{MARK}@a",
            f"http://me:{MARK}/x@a:b",
            f"http://me:{MARK}@",
            f"http://me:{MARK}@[::1",
            f"http://me:x@{MARK}@a b",
            f"me:{MARK}@a:b",
            f"http://me:{MARK}?@a#x:y",
            f"http://me:#{MARK}@a:99999",
            f"http://me:{MARK}@.a",
        )
    ],
)
def test_proxies_that_are_none(written: Written, cluster: str) -> None:
    assert leaks(refused(written(cluster=cluster, user=WITH_TOKEN))) == []


@pytest.mark.parametrize("part", ["server", "endpoint"])
@pytest.mark.parametrize(
    "url",
    [
        f"https://me:{MARK}@a",
        f"https://{MARK}@a:x",
        f"https://a/?token={MARK}",
        f"https://a/#{MARK}",
        f"me:{MARK}@a",
        f"ftp://me:{MARK}@a",
        f"https://me:{MARK}/@a",
    ],
)
def test_urls_of_servers(written: Written, part: str, url: str) -> None:
    settings = written(server=url) if part == "server" else ApiSettings(endpoints=(url,))
    assert leaks(refused(settings)) == []


@pytest.mark.parametrize(
    "user",
    [
        f"token: *{MARK}",
        f"token: !{MARK} x",
        f"token: !a'{MARK}'b x",
        f"token: @{MARK}",
        f"token: '{MARK}",
        f"token: !!bool {MARK}",
        f"token: !!int {MARK}",
        f"token: !!timestamp {MARK}",
        f"token: [{MARK}]",
        f"token: {{{MARK}: {MARK}}}",
        f"password: {MARK}, username: {MARK}, token: {MARK}",
        f'token: "{MARK}\\q"',
        f'token: "{MARK} {MARK}"',
        f"client-key-data: '{MARK}%', client-certificate-data: '{MARK}%'",
        f"client-key-data: {MARK}, client-certificate-data: aGVsbG8=",
        f"auth-provider: {{name: gcp, config: {{access-token: {MARK}}}}}",
        f"exec: {{apiVersion: {MARK}, command: sh, env: [{{name: A, value: {MARK}}}]}}",
        f"exec: {{apiVersion: client.authentication.k8s.io/v1, command: none, args: [{MARK}]}}",
        f'as: "a\\n", token: {MARK}',
        f"as: {MARK}, token: {MARK}, username: {MARK}",
    ],
)
def test_users_that_are_wrong(written: Written, user: str) -> None:
    assert leaks(refused(written(user=user)).replace(f'apiVersion "{MARK}"', "")) == []


def refused(settings: ApiSettings) -> str:
    with pytest.raises(ApiConfigError) as caught:
        resolve(settings)
    return everything(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        f"endpoint https://me:{MARK}@a",
        f"endpoint https://me:{MARK}/@a:b",
        f"endpoints https://me:{MARK}@a",
        f"kubernetes https://me:{MARK}@a",
        f"ttl https://me:{MARK}@a",
        f"https://me:{MARK}@a",
        f"kubeconfig https://me:{MARK}@a",
    ],
)
@pytest.mark.parametrize("terminal", [False, True])
def test_check(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    terminal: bool,
) -> None:
    (tmp_path / "Corefile").write_text(f". {{\n kubernetes cluster.local {{\n  {line}\n }}\n}}\n")
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    assert main(["check", str(tmp_path / "Corefile")]) == 1
    out, err = capsys.readouterr()
    assert err
    assert leaks(out + err) == []
