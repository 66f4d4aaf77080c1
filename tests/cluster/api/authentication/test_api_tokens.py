"""Tokens that are replaced: noticed within seconds, and at once after a 401."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from clusterdns.cluster.api import (
    ApiClient,
    ApiConfigError,
    ApiSettings,
    ApiStatusError,
    ProcessEnvironment,
)
from clusterdns.cluster.api.authentication.client_certificate import ClientCertificate
from clusterdns.cluster.api.authentication.credentials import Credential, StoredCredentials
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.watched_file import LOOK_EVERY, FixedContent, WatchedFile
from testbed.octets import Clock, Exchange, OctetServer

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]
Kubeconfig: TypeAlias = Callable[..., ApiSettings]

PATH = "/api/v1/services"


class Guard:
    """Answers those who have the right token, and 401 to others."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.seen: list[str] = []

    async def __call__(self, exchange: Exchange) -> None:
        self.seen.append(exchange.headers.get("Authorization", ""))
        right = self.seen[-1] == f"Bearer {self.token}"
        await exchange.reply(status=200 if right else 401)


def replace(path: Path, text: str) -> None:
    """As the kubelet and careful writers do it: a new file takes the name."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.rename(path)


def remove(path: Path) -> None:
    path.unlink()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("one\n")
    return path


def client_of(settings: ApiSettings, clock: Clock) -> ApiClient:
    return ApiClient(settings, process=ProcessEnvironment(environment={}, clock=clock))


async def test_a_replaced_token_is_used_within_seconds(
    serve: Serve, kubeconfig: Kubeconfig, token: Path, clock: Clock
) -> None:
    guard = Guard("one")
    settings = kubeconfig(server=(await serve(guard)).url, user="tokenFile: token")
    async with client_of(settings, clock) as client:
        await client.get(PATH)
        replace(token, "two\n")
        guard.token = "two"
        clock.seconds += LOOK_EVERY
        await client.get(PATH)
    assert guard.seen == ["Bearer one", "Bearer two"]
    assert LOOK_EVERY <= 10


async def test_after_a_401_the_file_is_read_at_once_and_the_request_made_again(
    serve: Serve, kubeconfig: Kubeconfig, token: Path, clock: Clock
) -> None:
    guard = Guard("one")
    settings = kubeconfig(server=(await serve(guard)).url, user="tokenFile: token")
    async with client_of(settings, clock) as client:
        replace(token, "two\n")
        guard.token = "two"
        await client.get(PATH)
    assert guard.seen == ["Bearer one", "Bearer two"]


async def test_a_refused_token_that_is_still_the_one_is_not_tried_again(
    serve: Serve, kubeconfig: Kubeconfig, token: Path, clock: Clock
) -> None:
    guard = Guard("other")
    url = (await serve(guard)).url
    async with client_of(kubeconfig(server=url, user=f"tokenFile: {token}"), clock) as client:
        with pytest.raises(ApiStatusError) as caught:
            await client.get(PATH)
    assert guard.seen == ["Bearer one"]
    assert str(caught.value) == (
        f"the API server {url} does not accept our credentials (401), they may have expired"
    )


async def test_the_file_is_not_looked_at_for_every_request(token: Path, clock: Clock) -> None:
    file = WatchedFile(str(token), "the token file", clock=clock, refusals=Refusals())
    replace(token, "two\n")
    clock.seconds += LOOK_EVERY - 0.1
    assert await file.read() == b"one\n"
    clock.seconds += 0.1
    assert await file.read() == b"two\n"


async def test_an_unchanged_file_is_not_read_again(token: Path, clock: Clock) -> None:
    file = WatchedFile(str(token), "the token file", clock=clock, refusals=Refusals())
    file.content = b"kept"
    clock.seconds += LOOK_EVERY
    assert await file.read() == b"kept"
    assert await file.read(anew=True) == b"one\n"


async def test_a_file_that_is_gone_for_a_moment_keeps_its_content(token: Path, clock: Clock) -> None:
    file = WatchedFile(str(token), "the token file", clock=clock, refusals=Refusals())
    remove(token)
    clock.seconds += LOOK_EVERY
    assert await file.read() == b"one\n"
    assert await file.read(anew=True) == b"one\n"
    replace(token, "two\n")
    clock.seconds += LOOK_EVERY
    assert await file.read() == b"two\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"two\nlines", id="lines"),
        pytest.param("tök".encode(), id="no-ascii"),
        pytest.param(b"a b", id="space"),
        pytest.param(b"a\x00", id="control"),
    ],
)
async def test_what_is_no_token_is_not_sent_and_not_shown(content: bytes) -> None:
    with pytest.raises(ApiConfigError) as caught:
        await StoredCredentials(token=FixedContent(content), token_origin="the token file x").current()
    assert str(caught.value) == (
        "the token file x holds no token: expected one line of visible ASCII characters"
    )


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(Path.touch, "the token file {} is empty", id="empty"),
        pytest.param(Path.mkdir, "the token file {} cannot be read: Is a directory", id="directory"),
        pytest.param(
            lambda path: path.write_bytes(bytes([65]) * (4 * 1024 * 1024 + 1)),
            "the token file {} cannot be read: larger than 4 MiB",
            id="large",
        ),
        pytest.param(
            lambda path: None, "the token file {} cannot be read: No such file or directory", id="missing"
        ),
    ],
)
def test_a_file_that_will_not_do_at_the_start(
    tmp_path: Path, clock: Clock, make: Callable[[Path], object], sentence: str
) -> None:
    path = tmp_path / "other"
    make(path)
    with pytest.raises(ApiConfigError) as caught:
        WatchedFile(str(path), "the token file", clock=clock, refusals=Refusals())
    assert str(caught.value) == sentence.format(path)


def test_credentials_do_not_show_in_tracebacks() -> None:
    pair = ClientCertificate(certificate=b"public", key=b"secret", origin="x")
    assert "secret" not in repr(Credential(authorization="Bearer secret", certificate=pair))
