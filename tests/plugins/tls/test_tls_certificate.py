"""Files of a certificate that are renewed, or go bad, while it is used."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from clusterdns.corefile import CorefileError
from clusterdns.corefile import parse as parse_corefile
from clusterdns_plugins.tls.certificate import Certificate
from clusterdns_plugins.tls.config import parse
from testbed.certificates import write_certificate

NOW = [100.0]


def certificate(folder: Path, text: str = "tls cert.pem key.pem ca.pem") -> Certificate:
    (directive,) = parse_corefile(f".:53 {{\n{text}\n}}", environ={}).blocks[0].directives
    return Certificate(parse(directive), folder, clock=lambda: NOW[0])


async def test_files_that_stay_keep_their_context(folder: Path) -> None:
    async with certificate(folder) as made:
        before = made.context
        await made.look()
        os.utime(folder / "cert.pem")
        await made.look()
        assert made.context is before


async def test_renewed_files_are_used_and_the_log_says_so(
    folder: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with certificate(folder) as made:
        before = made.context
        write_certificate(folder, authority)
        await made.look()
        assert made.context is not before
    (record,) = caplog.records
    assert record.message == 'new connections get the renewed certificate "cert.pem"'


def gone(folder: Path) -> None:
    (folder / "cert.pem").unlink()


def broken(folder: Path) -> None:
    (folder / "cert.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n")


def unpaired(folder: Path) -> None:
    trustme.CA().issue_cert("127.0.0.1").private_key_pem.write_to_path(folder / "key.pem")


def empty_authority(folder: Path) -> None:
    (folder / "ca.pem").write_text("")


def fifo(folder: Path) -> None:
    (folder / "key.pem").unlink()
    os.mkfifo(folder / "key.pem")


def huge(folder: Path) -> None:
    with (folder / "cert.pem").open("ab") as file:
        file.truncate(2 << 20)


def encrypted(folder: Path) -> None:
    text = (folder / "key.pem").read_text()
    head, rest = text.split("\n", 1)
    (folder / "key.pem").write_text(f"{head}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n{rest}")


FAULTS = [
    pytest.param(gone, '"cert.pem" cannot be used: No such file', id="gone"),
    pytest.param(broken, '"cert.pem" cannot be used: with the key "key.pem"', id="broken"),
    pytest.param(
        unpaired, '"cert.pem" cannot be used: with the key "key.pem": key values mismatch', id="no pair"
    ),
    pytest.param(empty_authority, '"ca.pem" cannot be used: no certificate', id="no authority"),
    pytest.param(fifo, '"key.pem" cannot be used: a FIFO', id="fifo"),
    pytest.param(huge, '"cert.pem" cannot be used: larger than 1 MiB', id="huge"),
    pytest.param(encrypted, '"cert.pem" cannot be used: with the key "key.pem"', id="encrypted"),
]


@pytest.mark.parametrize(("spoil", "said"), FAULTS)
async def test_files_that_go_bad_are_not_used_and_complained_of_once(
    spoil: Callable[[Path], None],
    said: str,
    folder: Path,
    authority: trustme.CA,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with certificate(folder) as made:
        before = made.context
        assert made.complaints() == ()
        spoil(folder)
        for _ in range(3):
            await made.look()
        assert made.context is before
        (record,) = caplog.records
        assert record.message.startswith(f"the last good certificate is used on: {said}")
        NOW[0] += 7
        (complaint,) = made.complaints()
        assert complaint.startswith(f"tls: the last good certificate is used, since 7 s: {said}")
        for name in ("cert.pem", "key.pem", "ca.pem"):
            (folder / name).unlink(missing_ok=True)
        write_certificate(folder, authority)
        await made.look()
        assert made.complaints() == ()
        assert made.context is not before


@pytest.mark.parametrize(("spoil", "said"), FAULTS)
async def test_files_that_are_bad_at_the_start_are_an_error_at_their_place(
    spoil: Callable[[Path], None], said: str, folder: Path
) -> None:
    spoil(folder)
    made = certificate(folder)
    with pytest.raises(CorefileError) as checked:
        made.check()
    with pytest.raises(CorefileError) as started:
        async with made:
            pass
    assert said in str(started.value)
    assert str(checked.value) == str(started.value)
    columns = {"cert.pem": 5, "key.pem": 14, "ca.pem": 22}
    assert started.value.position.column == columns[said.split('"')[1]]


async def test_files_that_come_back_as_they_were_are_no_complaint(folder: Path) -> None:
    async with certificate(folder) as made:
        octets = (folder / "cert.pem").read_bytes()
        gone(folder)
        await made.look()
        assert made.complaints()
        (folder / "cert.pem").write_bytes(octets)
        await made.look()
        assert made.complaints() == ()


async def test_they_are_looked_at_for_ever(folder: Path) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt

    async with certificate(folder) as made:
        gone(folder)
        with pytest.raises(KeyboardInterrupt):
            await made.follow(sleep=sleep)
        assert made.complaints()
    assert slept == [10.0] * 3


async def test_secrets_are_written_where_nobody_else_reads_and_the_log_warns(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with certificate(folder, "tls cert.pem key.pem {\n keylog secrets\n}"):
        assert (folder / "secrets").stat().st_mode & 0o777 == 0o600
    assert 'are written to "secrets"' in caplog.text
