"""Credentials that a program prints."""

import json
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme

from clusterdns.cluster.api import (
    ApiClient,
    ApiConfigError,
    ApiSettings,
    ApiStatusError,
    ProcessEnvironment,
    resolve,
)
from clusterdns.cluster.api.authentication.credentials import Credentials
from clusterdns.cluster.api.authentication.exec_plugin import LEEWAY, RUN_EVERY
from testbed.octets import Clock, Exchange, OctetServer

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]
Kubeconfig: TypeAlias = Callable[..., ApiSettings]

VERSION = "client.authentication.k8s.io/v1"
PATH = "/usr/bin:/bin"
END = "2030-01-01T00:00:00Z"
END_SECONDS = 1893456000.0


def printed(**status: object) -> str:
    return json.dumps({"kind": "ExecCredential", "apiVersion": VERSION, "status": status})


class Plugin:
    """A shell script beside the kubeconfig; `runs` counts its runs."""

    def __init__(self, folder: Path, kubeconfig: Kubeconfig, clock: Clock) -> None:
        self._folder = folder
        self._kubeconfig = kubeconfig
        self.now = Clock()
        self.around = ProcessEnvironment(environment={"PATH": PATH}, clock=clock, now=self.now)

    def script(self, text: str) -> None:
        path = self._folder / "plugin"
        path.write_text(f"#!/bin/sh\necho >>'{self._folder}/runs'\n{text}\n")
        path.chmod(0o700)

    def prints(self, text: str) -> None:
        self.script(f"printf '%s' {shlex.quote(text)}")

    def settings(self, more: str = "", **parts: str) -> ApiSettings:
        written = f"exec: {{apiVersion: {VERSION}, command: ./plugin, {more}}}"
        return self._kubeconfig(user=written, **parts)

    def credentials(self, more: str = "", **parts: str) -> Credentials:
        return resolve(self.settings(more, **parts), self.around).credentials

    @property
    def runs(self) -> int:
        path = self._folder / "runs"
        return path.read_text().count("\n") if path.exists() else 0


@pytest.fixture
def plugin(tmp_path: Path, kubeconfig: Kubeconfig, clock: Clock) -> Plugin:
    made = Plugin(tmp_path, kubeconfig, clock)
    made.prints(printed(token="abc"))
    return made


async def test_it_is_run_when_it_is_needed_and_then_not_again(plugin: Plugin) -> None:
    credentials = plugin.credentials()
    assert plugin.runs == 0
    for _ in range(3):
        assert (await credentials.current()).authorization == "Bearer abc"
    assert plugin.runs == 1


async def test_it_is_run_again_before_the_credentials_end(plugin: Plugin, clock: Clock) -> None:
    plugin.prints(printed(token="abc", expirationTimestamp=END))
    credentials = plugin.credentials()
    plugin.now.seconds = END_SECONDS - LEEWAY - 1
    await credentials.current()
    clock.seconds += 100
    await credentials.current()
    assert plugin.runs == 1
    plugin.prints(printed(token="def"))
    plugin.now.seconds += 1
    assert (await credentials.current()).authorization == "Bearer def"


async def test_credentials_that_cannot_be_renewed_are_used_to_their_end(plugin: Plugin, clock: Clock) -> None:
    plugin.prints(printed(token="abc", expirationTimestamp=END))
    credentials = plugin.credentials()
    first = await credentials.current()
    plugin.script("exit 3")
    for seconds in (LEEWAY, 1):
        clock.seconds += RUN_EVERY
        plugin.now.seconds = END_SECONDS - seconds
        assert await credentials.current() is first
    assert plugin.runs == 3
    clock.seconds += RUN_EVERY
    plugin.now.seconds = END_SECONDS
    with pytest.raises(ApiConfigError, match="failed with status 3"):
        await credentials.current()


async def test_it_is_run_again_after_a_401(serve: Serve, plugin: Plugin, clock: Clock) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.reply(status=200 if exchange.headers["Authorization"] == "Bearer def" else 401)

    server = await serve(answer)
    async with ApiClient(plugin.settings(server=server.url), process=plugin.around) as client:
        with pytest.raises(ApiStatusError):
            await client.get("/readyz")
        assert plugin.runs == 1
        clock.seconds += RUN_EVERY
        plugin.prints(printed(token="def"))
        await client.get("/readyz")
    assert plugin.runs == 2


async def test_many_refusals_are_one_run(plugin: Plugin, clock: Clock) -> None:
    credentials = plugin.credentials()
    first = await credentials.current()
    clock.seconds += RUN_EVERY
    for _ in range(5):
        await credentials.after(first)
    await credentials.after(await credentials.current())
    assert plugin.runs == 2


async def test_a_failure_is_told_to_all_and_tried_again_later(plugin: Plugin, clock: Clock) -> None:
    plugin.script("exit 3")
    credentials = plugin.credentials()
    for _ in range(3):
        with pytest.raises(ApiConfigError, match="failed with status 3"):
            await credentials.current()
    assert plugin.runs == 1
    plugin.prints(printed(token="abc"))
    clock.seconds += RUN_EVERY
    assert (await credentials.current()).authorization == "Bearer abc"


async def test_it_gets_its_arguments_and_its_environment(plugin: Plugin) -> None:
    plugin.script(
        'printf \'{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"%s/%s/%s"}}\' '
        f'{VERSION} "$1" "$A" "$#"'
    )
    credentials = plugin.credentials("args: [x, y], env: [{name: A, value: b}]")
    assert (await credentials.current()).authorization == "Bearer x/b/2"


@pytest.mark.parametrize(
    ("more", "spec"),
    [
        pytest.param("", {"interactive": False}, id="alone"),
        pytest.param(
            "provideClusterInfo: true",
            {
                "interactive": False,
                "cluster": {
                    "server": "https://10.0.0.1",
                    "tls-server-name": "api",
                    "config": {"audience": "x"},
                },
            },
            id="with-the-cluster",
        ),
    ],
)
async def test_it_is_told_who_asks(
    plugin: Plugin, tmp_path: Path, more: str, spec: dict[str, object]
) -> None:
    plugin.script(
        f'printf %s "$KUBERNETES_EXEC_INFO" >{tmp_path}/info; printf %s {shlex.quote(printed(token="a"))}'
    )
    cluster = (
        "tls-server-name: api, "
        "extensions: [{name: other}, {name: client.authentication.k8s.io/exec, extension: {audience: x}}]"
    )
    await plugin.credentials(more, server="https://10.0.0.1", cluster=cluster).current()
    info = json.loads((tmp_path / "info").read_bytes())
    assert info == {"kind": "ExecCredential", "apiVersion": VERSION, "spec": spec}


async def test_the_authority_is_handed_on_as_data(
    plugin: Plugin, tmp_path: Path, authority: trustme.CA
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    plugin.script(
        f'printf %s "$KUBERNETES_EXEC_INFO" >{tmp_path}/info; printf %s {shlex.quote(printed(token="a"))}'
    )
    await plugin.credentials("provideClusterInfo: true", cluster="certificate-authority: ca.pem").current()
    assert b"certificate-authority-data" in (tmp_path / "info").read_bytes()


async def test_it_may_print_a_certificate(plugin: Plugin, authority: trustme.CA) -> None:
    leaf = authority.issue_cert("me@example.org")
    certificate, key = leaf.cert_chain_pems[0].bytes(), leaf.private_key_pem.bytes()
    plugin.prints(printed(clientCertificateData=certificate.decode(), clientKeyData=key.decode()))
    pair = (await plugin.credentials().current()).certificate
    assert pair is not None
    assert (pair.certificate, pair.key) == (certificate, key)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param(
            "echo one >&2; echo two >&2; exit 7",
            "failed with status 7; what it says",
            id="fails",
        ),
        pytest.param("exit 1", "failed with status 1", id="fails-silently"),
        pytest.param("kill -9 $$", "failed with status -9", id="killed"),
        pytest.param("echo secret", "printed no ExecCredential in JSON: ", id="rubbish"),
        pytest.param("true", "printed no ExecCredential in JSON: ", id="nothing"),
        pytest.param(
            f'echo \'{{"kind":"ExecCredential","apiVersion":"{VERSION}"}}\'',
            "printed no ExecCredential in JSON: Object missing required field `status`",
            id="no-status",
        ),
        pytest.param(
            f"echo '{printed()}'",
            "printed an ExecCredential without token and certificate",
            id="empty-status",
        ),
        pytest.param(
            f"echo '{printed(token=1)}'",
            "printed no ExecCredential in JSON: Expected `str`, got `int` - at `$.status.token`",
            id="wrong-type",
        ),
        pytest.param(
            f"echo '{printed(token='a').replace('v1', 'v2')}'",
            f"printed another object: expected ExecCredential of {VERSION}",
            id="other-version",
        ),
        pytest.param(
            f"echo '{printed(token='a b')}'",
            ": token holds no token: expected one line of visible ASCII characters",
            id="no-token",
        ),
        pytest.param(
            f"echo '{printed(clientKeyData='x')}'",
            ": clientCertificateData and clientKeyData: one of them is missing",
            id="half-a-pair",
        ),
        pytest.param(
            f"echo '{printed(clientKeyData='x', clientCertificateData='y')}'",
            ": clientCertificateData and clientKeyData are no pair that can be read: ",
            id="no-pair",
        ),
    ],
)
async def test_each_failure_is_one_sentence(
    plugin: Plugin, tmp_path: Path, script: str, expected: str
) -> None:
    plugin.script(script)
    with pytest.raises(ApiConfigError) as caught:
        await plugin.credentials().current()
    start = f'kubeconfig {tmp_path}/kubeconfig: user "me": exec plugin'
    assert str(caught.value).startswith(f"{start}{expected}" if expected[0] == ":" else f"{start} {expected}")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_one_that_cannot_be_run(tmp_path: Path, plugin: Plugin) -> None:
    credentials = plugin.credentials()
    (tmp_path / "plugin").write_bytes(b"\x00\x01")
    with pytest.raises(ApiConfigError, match="exec plugin cannot be run: Exec format error"):
        await credentials.current()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 60_000, id="deep-array"),
        pytest.param('{"a":' * 60_000, id="deep-object"),
        pytest.param("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), id="surrogate"),
        pytest.param('{"kind":"secret","apiVersion":"secret","status":{}}', id="other-object"),
        pytest.param(printed(token="a", expirationTimestamp="secret"), id="no-date"),
        pytest.param(printed(token="a", expirationTimestamp="0001-01-01T00:00:00"), id="date-without-zone"),
        pytest.param(printed(token="secret\n"), id="token-with-a-line-end"),
        pytest.param(printed(token="secret" * 20_000), id="long-token"),
        pytest.param("secret" * 170_000, id="long"),
    ],
)
async def test_what_it_prints_may_be_anything(plugin: Plugin, tmp_path: Path, text: str) -> None:
    (tmp_path / "text").write_text(text, encoding="latin-1")
    plugin.script(f"cat {tmp_path}/text")
    credentials = plugin.credentials()
    if text == printed(token="secret\n"):
        await credentials.current()
        return
    with pytest.raises(ApiConfigError) as caught:
        await credentials.current()
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "more",
    [
        pytest.param('args: ["a\\0b"]', id="zero-in-an-argument"),
        pytest.param('env: [{name: A, value: "secret\\0"}]', id="zero-in-a-value"),
        pytest.param('env: [{name: "A=B", value: secret}]', id="name"),
        pytest.param('env: [{name: "", value: secret}]', id="no-name"),
    ],
)
def test_what_no_program_can_be_given(plugin: Plugin, more: str) -> None:
    with pytest.raises(ApiConfigError, match="has an argument or a variable that no program can be given"):
        plugin.credentials(more)


@pytest.mark.parametrize(
    "extension",
    [
        pytest.param("{? [a] : b}", id="list-as-key"),
        pytest.param("&a [*a]", id="holds-itself"),
        pytest.param("&a {b: *a}", id="object-that-holds-itself"),
    ],
)
def test_what_is_no_json_is_not_handed_on(plugin: Plugin, extension: str) -> None:
    cluster = f"extensions: [{{name: client.authentication.k8s.io/exec, extension: {extension}}}]"
    with pytest.raises(ApiConfigError, match=r"kubeconfig .*"):
        plugin.credentials("provideClusterInfo: true", cluster=cluster)


async def test_dates_are_handed_on_as_text(plugin: Plugin, tmp_path: Path) -> None:
    done = shlex.quote(printed(token="a"))
    plugin.script(f'printf %s "$KUBERNETES_EXEC_INFO" >{tmp_path}/info; printf %s {done}')
    cluster = "extensions: [{name: client.authentication.k8s.io/exec, extension: {1: 2020-01-01}}]"
    await plugin.credentials("provideClusterInfo: true", cluster=cluster).current()
    assert json.loads((tmp_path / "info").read_bytes())["spec"]["cluster"]["config"] == {"1": "2020-01-01"}
