"""Files that go bad while we run: the last good content is used on, and the file is named once."""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
import trustme

from clusterdns.cluster import cluster_follower
from clusterdns.cluster.api import (
    ApiClient,
    ApiConfigError,
    ApiSettings,
    ProcessEnvironment,
    TlsFiles,
    resolve,
)
from clusterdns.cluster.api import client as client_module
from clusterdns.cluster.api.authentication import tls as tls_module
from clusterdns.cluster.api.authentication import watched_file
from clusterdns.cluster.api.authentication.credentials import LARGEST_TOKEN, Credential
from clusterdns.cluster.api.authentication.watched_file import LARGEST_FILE, LOOK_EVERY
from clusterdns.cluster.api.blocking import BlockingCalls
from clusterdns.cluster.cluster_follower import ClusterFollower, FollowerSettings
from clusterdns.cluster.reflector import SourceSettings
from testbed.octets import Clock, OctetServer, empty

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]
Break: TypeAlias = Callable[[Path], object]

PATH = "/api/v1/services"


def writes(octets: bytes) -> Break:
    def write(path: Path) -> None:
        path.write_bytes(octets)

    return write


def half(path: Path) -> None:
    octets = path.read_bytes()
    path.write_bytes(octets[: len(octets) // 2])


def replaced_by(make: Callable[[Path], object]) -> Break:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


def of_another_authority(path: Path) -> None:
    trustme.CA().issue_cert("you@example.org").private_key_pem.write_to_path(str(path))


BROKEN = [
    pytest.param(writes(b"no certificate"), id="garbage"),
    pytest.param(writes(b""), id="empty"),
    pytest.param(writes(b" \n"), id="blank"),
    pytest.param(writes(bytes(range(256)) * 9), id="binary"),
    pytest.param(writes(b"\x00" * 99), id="zeros"),
    pytest.param(writes("tökän\n".encode()), id="no-ascii"),
    pytest.param(writes(b"two\nlines\n"), id="lines"),
    pytest.param(writes(b"-----BEGIN CERTIFICATE-----\n" * 40_000), id="begins-for-ever"),
    pytest.param(writes(b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----"), id="no-der"),
    pytest.param(
        writes(b"-----BEGIN CERTIFICATE-----\n\xff\xfe\n-----END CERTIFICATE-----"), id="pem-not-ascii"
    ),
    pytest.param(writes(b"-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----"), id="no-key"),
    pytest.param(writes(b"A" * (LARGEST_FILE + 1)), id="huge"),
    pytest.param(replaced_by(Path.mkdir), id="directory"),
    pytest.param(replaced_by(os.mkfifo), id="pipe"),
    pytest.param(replaced_by(lambda path: path.symlink_to("/dev/zero")), id="device"),
    pytest.param(replaced_by(lambda path: path.symlink_to(path)), id="link-to-itself"),
    pytest.param(Path.unlink, id="missing"),
]
FILES = ["crt", "key", "ca"]


class Files:
    """Those of `tls CERT KEY CA` in a folder, which a server accepts."""

    def __init__(self, folder: Path, authority: trustme.CA) -> None:
        self.folder = folder
        self.authority = authority
        self.renew()

    def renew(self) -> None:
        self.authority.cert_pem.write_to_path(str(self.folder / "ca"))
        leaf = self.authority.issue_cert("me@example.org")
        leaf.cert_chain_pems[0].write_to_path(str(self.folder / "crt"))
        leaf.private_key_pem.write_to_path(str(self.folder / "key"))

    def settings(self, url: str = "https://127.0.0.1:1") -> ApiSettings:
        certificate, key, authority = (str(self.folder / name) for name in FILES)
        tls = TlsFiles(certificate=certificate, key=key, authority=authority)
        return ApiSettings(endpoints=(url,), tls=tls)


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> Files:
    return Files(tmp_path, authority)


def around(clock: Clock) -> ProcessEnvironment:
    return ProcessEnvironment(environment={}, clock=clock)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("spoil", [*BROKEN, pytest.param(half, id="half")])
def test_at_the_start_it_is_one_sentence(files: Files, name: str, spoil: Break) -> None:
    spoil(files.folder / name)
    with pytest.raises(ApiConfigError) as caught:
        resolve(files.settings())
    assert str(files.folder / name) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("spoil", [*BROKEN, pytest.param(half, id="half")])
async def test_the_last_good_one_is_used_on(
    files: Files, clock: Clock, name: str, spoil: Break, caplog: pytest.LogCaptureFixture
) -> None:
    access = resolve(files.settings(), around(clock))
    contexts = tls_module.Contexts(access.trust)
    good = (await access.credentials.current()).certificate
    context = await contexts.context(good)
    spoil(files.folder / name)
    for _ in range(3):
        clock.seconds += LOOK_EVERY
        assert (await access.credentials.current()).certificate == good
        assert await contexts.context(good) is context
    assert (await access.credentials.after(Credential())).certificate == good
    (line,) = access.refusals.lines()
    assert str(files.folder / name) in line
    assert line.endswith("; the last good one is used")
    assert [record.message for record in caplog.records if record.name.startswith("clusterdns")] == [line]


async def test_a_good_one_is_used_again(
    files: Files, clock: Clock, serve: Serve, certificate: trustme.LeafCert, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server = await serve(empty, certificate=certificate, clients=files.authority)
    async with ApiClient(files.settings(server.url), process=around(clock)) as client:
        await client.get(PATH)
        for name in FILES:
            (files.folder / name).write_bytes(b"rubbish")
        clock.seconds += LOOK_EVERY
        await client.get(PATH)
        assert len(client.complaints()) == 2  # the authority and the pair
        files.renew()
        clock.seconds += LOOK_EVERY
        await client.get(PATH)
        assert client.complaints() == ()
    again = [record for record in caplog.records if record.message.endswith(" can be used again")]
    assert len(again) == 2


async def test_a_key_that_comes_after_its_certificate(files: Files, clock: Clock) -> None:
    credentials = resolve(files.settings(), around(clock)).credentials
    before = (await credentials.current()).certificate
    old_key = (files.folder / "key").read_bytes()
    files.renew()
    new_key = (files.folder / "key").read_bytes()
    (files.folder / "key").write_bytes(old_key)
    clock.seconds += LOOK_EVERY
    assert (await credentials.current()).certificate == before
    (files.folder / "key").write_bytes(new_key)
    clock.seconds += LOOK_EVERY
    after = (await credentials.current()).certificate
    assert after is not None
    assert after.key == new_key


async def test_links_that_are_swapped_as_the_kubelet_does(files: Files, clock: Clock) -> None:
    folder = files.folder
    for version in ("one", "two"):
        (folder / version).mkdir()
        files.renew()
        for name in ("crt", "key"):
            (folder / name).rename(folder / version / name)
    (folder / "data").symlink_to("one")
    for name in ("crt", "key"):
        (folder / name).symlink_to(f"data/{name}")
    credentials = resolve(files.settings(), around(clock)).credentials
    (folder / "next").symlink_to("two")
    (folder / "next").rename(folder / "data")
    clock.seconds += LOOK_EVERY
    found = (await credentials.current()).certificate
    assert found is not None
    assert found.certificate == (folder / "two" / "crt").read_bytes()


@pytest.mark.parametrize(
    "spoil", [*BROKEN, pytest.param(writes(b"A" * (LARGEST_TOKEN + 1)), id="large-for-a-token")]
)
async def test_tokens(
    kubeconfig: Callable[..., ApiSettings], tmp_path: Path, clock: Clock, spoil: Break
) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"good\n")
    access = resolve(kubeconfig(user="tokenFile: token"), around(clock))
    spoil(path)
    with pytest.raises(ApiConfigError):
        resolve(kubeconfig(user="tokenFile: token"))
    clock.seconds += LOOK_EVERY
    assert (await access.credentials.current()).authorization == "Bearer good"
    (line,) = access.refusals.lines()
    assert line.startswith(f"the token file {path} ")


@pytest.mark.parametrize("field", ["certificate-authority", "client-key"])
def test_a_path_that_cannot_be_one(kubeconfig: Callable[..., ApiSettings], field: str) -> None:
    part = "cluster" if field == "certificate-authority" else "user"
    with pytest.raises(ApiConfigError, match="cannot be read: embedded null byte"):
        resolve(kubeconfig(**{part: f'{field}: "a\\0b", client-certificate: "a\\0b"'}))


async def test_a_mount_that_is_gone(files: Files, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    access = resolve(files.settings(), around(clock))
    good = (await access.credentials.current()).certificate
    gone, back = threading.Event(), threading.Event()
    reading = watched_file.read_file

    def hang(path: str, what: str) -> bytes:
        gone.set()
        back.wait()
        return reading(path, what)

    monkeypatch.setattr(watched_file, "read_file", hang)
    monkeypatch.setattr(watched_file, "LOOK_SECONDS", 0.05)
    files.renew()
    for _ in range(3):
        clock.seconds += LOOK_EVERY
        assert (await access.credentials.current()).certificate == good
    assert gone.is_set()
    assert [line.split(" was ")[1] for line in access.refusals.lines()] == [
        "not read within 0.05 s; the last good one is used"
    ] * 2
    assert sum(thread.name == "watched file" for thread in threading.enumerate()) == 2
    back.set()


async def test_a_mount_that_is_gone_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    back = threading.Event()
    monkeypatch.setattr(client_module, "_prepare", lambda *_: back.wait())
    monkeypatch.setattr(ClusterFollower, "fingerprint", lambda _: back.wait())
    monkeypatch.setattr(client_module, "PREPARE_SECONDS", 0.02)
    monkeypatch.setattr(cluster_follower, "PREPARE_SECONDS", 0.02)
    with pytest.raises(ApiConfigError, match=r"lead to the API server were not read within 0\.02 s"):
        await ApiClient(ApiSettings()).__aenter__()
    settings = FollowerSettings(source=SourceSettings(api=ApiSettings()), snapshot=str(tmp_path / "snapshot"))
    with pytest.raises(ApiConfigError, match="what tells the snapshots of this cluster cannot be read"):
        await ClusterFollower(settings).__aenter__()
    back.set()


async def test_a_call_that_hangs_costs_one_thread_and_no_further_wait() -> None:
    calls, back = BlockingCalls("test"), threading.Event()
    with pytest.raises(TimeoutError):
        await calls.run(back.wait, seconds=0.01)
    with pytest.raises(TimeoutError):
        await calls.run(back.wait, seconds=1_000)
    back.set()
    for thread in threading.enumerate():
        if thread.name == "test":
            thread.join()
    await asyncio.sleep(0)
    assert await calls.run(partial(int, "7"), seconds=10) == 7

    await asyncio.sleep(0.001)


async def test_no_thread_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(OSError, match="cannot be started: can't start new thread"):
        await BlockingCalls("test").run(int, seconds=1)
