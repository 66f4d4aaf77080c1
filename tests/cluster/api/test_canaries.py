"""No secret leaves: failures are driven with secrets wherever one can stand, and what is said is searched."""

import asyncio
import base64
import json
import logging
import os
import ssl
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeAlias
from urllib.parse import quote

import aiohttp
import pytest

from clusterdns.cluster.api import (
    ApiClient,
    ApiError,
    ApiSettings,
    ProcessEnvironment,
    Target,
    Timeouts,
    status_error,
)
from clusterdns.cluster.api.authentication.watched_file import LOOK_EVERY
from clusterdns.corefile import Position
from clusterdns.telemetry.lines import LineFormatter
from clusterdns.telemetry.metrics import Metrics
from clusterdns.testing.metrics import values
from clusterdns_plugins.kubernetes.api_source import ApiBackend, kept_settings
from clusterdns_plugins.kubernetes.config import Settings
from testbed.canaries import (
    ECHOES,
    EXEC,
    MARK,
    PASSWORD,
    PROXY_PASSWORD,
    TOKEN,
    VALUE,
    Written,
    echo,
    everything,
    leaks,
)
from testbed.octets import Answer, Clock, OctetServer

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]


class Said:
    """What the log has, as it is written."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    @property
    def text(self) -> str:
        return "\n".join(map(LineFormatter().format, self._caplog.records))


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Said:
    caplog.set_level(logging.INFO, "clusterdns")
    return Said(caplog)


ANSWERS = [
    *(pytest.param(echo(code), id=str(code)) for code in (400, 401, 403, 407, 410, 429, 500, 502, 504)),
    *(pytest.param(answer, id=answer.__name__) for answer in ECHOES),
]


async def asked(settings: ApiSettings) -> str:
    """All that can be known of a whole answer and of a stream that fail."""
    texts: list[str] = []
    around = ProcessEnvironment(environment={"PATH": os.environ["PATH"]}, clock=Clock())
    async with ApiClient(settings, process=around, timeouts=Timeouts(headers=0.1, body=0.1)) as client:
        try:
            await client.get("/api/v1/services")
        except ApiError as error:
            texts.append(everything(error))
        try:
            async with client.answer("/api/v1/services", compressed=True) as answer:
                while await answer.read():
                    pass
        except ApiError as error:
            texts.append(everything(error))
        try:
            async with client.stream("/api/v1/services", {"watch": "true"}) as stream:
                async for documents in stream:
                    assert isinstance(documents[0], bytes)
                    raise status_error(documents[0], target=Target.of("/a", {}), endpoint=stream.endpoint)
        except ApiError as error:
            texts.append(everything(error))
        return "\n".join((*texts, *client.complaints()))


async def followed(api: ApiSettings) -> str:
    """What `/ready` and the metrics say of a cluster that cannot be followed."""
    metrics = Metrics()
    settings = Settings(position=Position("Corefile", 1, 1), api=api)
    async with ApiBackend(kept_settings(settings), settings.position, metrics) as backend:
        async with asyncio.timeout(5):
            while not any(one.failure for one in backend.freshness.resources):  # noqa: ASYNC110 (a thread's)
                await asyncio.sleep(0.002)
        return "\n".join((*backend.complaints(), *map(str, values(metrics).items())))


WITH_TOKEN = f"token: '{TOKEN}'"
USERS = [
    pytest.param(WITH_TOKEN, id="token"),
    pytest.param(f"username: me, password: {json.dumps(PASSWORD)}", id="password"),
]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("user", USERS)
async def test_what_a_server_answers(serve: Serve, written: Written, answer: Answer, user: str) -> None:
    found = await asked(written(server=(await serve(answer)).url, user=user))
    assert leaks(found) == []


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_a_proxy_answers(serve: Serve, written: Written, answer: Answer, scheme: str) -> None:
    proxy = await serve(answer)
    url = f"http://me:{quote(PROXY_PASSWORD, safe='')}@127.0.0.1:{proxy.port}"
    settings = written(server=f"{scheme}://127.0.0.1:1", cluster=f"proxy-url: '{url}'", user=WITH_TOKEN)
    found = await asked(settings)
    assert leaks(found) == []
    sent = proxy.exchanges[0].headers["Proxy-Authorization"].partition(" ")[2]
    assert base64.b64decode(sent).decode() == f"me:{PROXY_PASSWORD}"


@pytest.mark.parametrize("answer", [pytest.param(echo(403), id="403"), pytest.param(echo(502), id="502")])
async def test_the_log_the_page_and_the_metrics(
    serve: Serve, written: Written, said: Said, answer: Answer
) -> None:
    proxy = await serve(answer)
    cluster = f"proxy-url: 'http://me:{quote(PROXY_PASSWORD, safe='')}@127.0.0.1:{proxy.port}'"
    page = await followed(written(cluster=cluster, user=WITH_TOKEN))
    assert "(403)" in page or "502" in page
    assert leaks(page) == []
    assert leaks(said.text) == []
    assert "are not followed" in said.text


PRINTS = [
    pytest.param(f"echo {VALUE}; echo {VALUE} >&2; exit 3", id="fails"),
    pytest.param(f"echo {VALUE}", id="no-json"),
    pytest.param(f'echo \'{{"kind":"{VALUE}","apiVersion":"{VALUE}","status":{{}}}}\'', id="other-object"),
    pytest.param(f'echo \'{{"kind":"{VALUE}","apiVersion":"{VALUE}","status":"{VALUE}"}}\'', id="no-status"),
    pytest.param(f"exec >&2; while :; do echo {VALUE}; done | head -c 100000; exit 1", id="complains"),
    pytest.param(f"while :; do echo {VALUE}; done", id="prints-without-end"),
    *(
        pytest.param(f"printf '%s' '{json.dumps(credential)}'", id=name)
        for name, credential in {
            "token-with-a-space": {"token": f"{VALUE} {VALUE}"},
            "date": {"token": VALUE, "expirationTimestamp": VALUE},
            "key": {"clientCertificateData": VALUE, "clientKeyData": VALUE},
            "type": {"token": [VALUE]},
        }.items()
        for credential in [{"kind": "ExecCredential", "apiVersion": EXEC, "status": credential}]
    ),
]


@pytest.mark.parametrize("script", PRINTS)
async def test_what_an_exec_plugin_prints(written: Written, said: Said, script: str) -> None:
    written.plugin(script)
    user = (
        f"exec: {{apiVersion: {EXEC}, command: ./plugin, args: [{VALUE}], "
        f"env: [{{name: TOKEN, value: {VALUE}}}, {{name: ANY, value: {VALUE}}}], installHint: none}}"
    )
    page = await followed(written(user=user))
    assert "exec plugin" in page
    assert leaks(page) == []
    assert leaks(said.text) == []


async def test_a_token_that_a_plugin_printed_and_a_server_tells(serve: Serve, written: Written) -> None:
    credential = {"kind": "ExecCredential", "apiVersion": EXEC, "status": {"token": TOKEN}}
    written.plugin(f"printf '%s' '{json.dumps(credential)}'")
    server = await serve(echo())
    user = f"exec: {{apiVersion: {EXEC}, command: ./plugin}}"
    found = await asked(written(server=server.url, user=user))
    assert "403" in found
    assert leaks(found) == []


async def test_a_token_that_was_renewed(serve: Serve, written: Written) -> None:
    clock, token = Clock(), written.folder / "token"
    token.write_text("the-first-one")
    settings = written(server=(await serve(echo())).url, user="tokenFile: token")
    async with ApiClient(settings, process=ProcessEnvironment(environment={}, clock=clock)) as client:
        for value in ("the-first-one", TOKEN):
            token.write_text(value)
            clock.seconds += LOOK_EVERY
            with pytest.raises(ApiError) as caught:
                await client.get("/readyz")
            assert value not in everything(caught.value)
        token.write_text(f"{VALUE} {VALUE}")
        clock.seconds += LOOK_EVERY
        with pytest.raises(ApiError) as caught:
            await client.get("/readyz")
        assert leaks(everything(caught.value) + "".join(client.complaints())) == []


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ValueError(f"http://me:{MARK}@a"), id="value"),
        pytest.param(TypeError(TOKEN), id="type"),
        pytest.param(AssertionError(quote(TOKEN)), id="assertion"),
        pytest.param(RuntimeError(f"Authorization: Bearer {TOKEN}"), id="runtime"),
        pytest.param(KeyError(TOKEN), id="key"),
        pytest.param(aiohttp.InvalidURL(f"http://me:{MARK}@a"), id="url"),
        pytest.param(aiohttp.ClientPayloadError(TOKEN), id="payload"),
        pytest.param(aiohttp.ServerDisconnectedError(TOKEN), id="disconnected"),
        pytest.param(aiohttp.ClientOSError(5, TOKEN, TOKEN), id="system"),
        pytest.param(OSError(5, TOKEN, TOKEN), id="os"),
        pytest.param(UnicodeDecodeError("utf-8", TOKEN.encode(), 0, 1, TOKEN), id="unicode"),
        pytest.param(ssl.SSLError(1, TOKEN), id="tls"),
        pytest.param(ssl.SSLCertVerificationError(1, TOKEN), id="certificate"),
        pytest.param(RecursionError(TOKEN), id="recursion"),
    ],
)
async def test_what_libraries_raise(
    written: Written, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fail(*_: object, **__: object) -> NoReturn:
        raise error from ValueError(TOKEN)

    monkeypatch.setattr(aiohttp.ClientSession, "_request", fail)
    found = await asked(written(user=WITH_TOKEN))
    assert "the API server" in found
    assert leaks(found) == []
