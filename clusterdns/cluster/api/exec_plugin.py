"""Credentials that a program prints, run again when they have expired or are refused."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Final

import msgspec

from clusterdns.cluster.api.access import Surroundings
from clusterdns.cluster.api.client_certificate import ClientCertificate, check_pair
from clusterdns.cluster.api.credentials import Credential, bearer
from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.cluster.api.exec_program import Program

LEEWAY: Final = 10.0
"""Seconds before their end at which credentials are renewed."""

RUN_EVERY: Final = 5.0
"""Seconds between two runs, however many requests are refused meanwhile."""

PATIENCE: Final = 60.0
"""Seconds that a run may take."""

LARGEST_OUTPUT: Final = 1024 * 1024
LONGEST_COMPLAINT: Final = 200


class ExecStatus(msgspec.Struct, frozen=True, rename="camel"):
    """The credentials."""

    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: datetime | None = None


class ExecCredential(msgspec.Struct, frozen=True, rename="camel"):
    """What the program prints."""

    kind: str
    api_version: str
    status: ExecStatus


class ExecPlugin:
    """Runs the program when a credential is first asked for, and whenever a new one is needed."""

    def __init__(self, program: Program, surroundings: Surroundings, *, patience: float = PATIENCE) -> None:
        self._program = program
        self._clock = surroundings.clock
        self._now = surroundings.now
        self._patience = patience
        self._lock = asyncio.Lock()
        self._ran_at = float("-inf")
        self._ends_at: float | None = None
        self._outcome: Credential | ApiConfigError | None = None

    async def current(self) -> Credential:
        """The last credential, or a new one if that is at its end. Raises ApiConfigError."""
        async with self._lock:
            if not isinstance(self._outcome, Credential) or self._is_ending():
                await self._run()
            return self._result()

    async def after(self, refused: Credential) -> Credential:
        """A new credential, unless there has been one since. Raises ApiConfigError."""
        async with self._lock:
            if self._outcome is refused:
                await self._run()
            return self._result()

    def _is_ending(self) -> bool:
        return self._ends_at is not None and self._now() >= self._ends_at - LEEWAY

    def _result(self) -> Credential:
        if isinstance(self._outcome, Credential):
            return self._outcome
        raise self._outcome or ApiConfigError(f"{self._program.origin} was not run")

    async def _run(self) -> None:
        if self._clock() - self._ran_at < RUN_EVERY:
            return
        self._ran_at = self._clock()
        try:
            printed = await run(self._program, patience=self._patience)
            self._outcome, self._ends_at = await asyncio.to_thread(read, printed, self._program)
        except ApiConfigError as error:
            self._outcome, self._ends_at = error, None


def read(printed: bytes, program: Program) -> tuple[Credential, float | None]:
    """The credential in what the program printed, and when it ends (seconds since 1970), if it does.

    Raises:
        ApiConfigError: there is none in it. What was printed may be secret, so the text does not hold it.
    """
    try:
        found = msgspec.json.decode(printed, type=ExecCredential)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise ApiConfigError(f"{program.origin} printed no ExecCredential in JSON: {error}") from error
    if found.kind != "ExecCredential" or found.api_version != program.api_version:
        raise ApiConfigError(
            f"{program.origin} printed {found.kind} of {found.api_version}: "
            f"expected ExecCredential of {program.api_version}"
        )
    status = found.status
    pair = _pair(status, program)
    if not status.token and pair is None:
        raise ApiConfigError(f"{program.origin} printed an ExecCredential without token and certificate")
    authorization = bearer(status.token.encode(), f"{program.origin}: token") if status.token else ""
    ends_at = status.expiration_timestamp.timestamp() if status.expiration_timestamp else None
    return Credential(authorization=authorization, certificate=pair), ends_at


def _pair(status: ExecStatus, program: Program) -> ClientCertificate | None:
    certificate, key = status.client_certificate_data.encode(), status.client_key_data.encode()
    if not certificate and not key:
        return None
    origin = f"{program.origin}: clientCertificateData and clientKeyData"
    if not certificate or not key:
        raise ApiConfigError(f"{origin}: one of them is missing")
    return check_pair(certificate, key, origin=origin)


async def run(program: Program, *, patience: float) -> bytes:
    """What the program prints.

    Raises:
        ApiConfigError: it is missing, fails, takes too long or prints too much.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            program.located(),
            *program.arguments,
            env=dict(program.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise ApiConfigError(f"{program.origin} cannot be run: {error.strerror or error}") from error
    try:
        async with asyncio.timeout(patience):
            printed, complaint = await asyncio.gather(_bounded(process.stdout), _bounded(process.stderr))
            code = await process.wait()
    except TimeoutError:
        raise ApiConfigError(f"{program.origin} did not end within {patience:g} s") from None
    finally:
        await _end(process)
    if code != 0:
        raise ApiConfigError(f"{program.origin} failed with status {code}{_last_line(complaint)}")
    return printed


async def _bounded(stream: asyncio.StreamReader | None) -> bytes:
    """All of it as far as it is wanted; the rest is read and dropped, so that the program can end."""
    kept = bytearray()
    while stream is not None and (chunk := await stream.read(65536)):
        kept += chunk[: LARGEST_OUTPUT - len(kept)]
    return bytes(kept)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _last_line(complaint: bytes) -> str:
    lines = complaint.decode("utf-8", errors="replace").split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    printable = "".join(one if one.isprintable() else " " for one in said)
    return f": {printable[:LONGEST_COMPLAINT]}" if printable else ""
