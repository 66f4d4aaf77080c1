"""Credentials that a program prints, run again when they have expired or are refused."""

import asyncio
from functools import partial
from typing import Final

from clusterdns.cluster.api.authentication.access import ProcessEnvironment
from clusterdns.cluster.api.authentication.credentials import Credential
from clusterdns.cluster.api.authentication.exec_credential import read_credential
from clusterdns.cluster.api.authentication.exec_process import ExecProcess
from clusterdns.cluster.api.authentication.exec_program import Program
from clusterdns.cluster.api.blocking import BlockingCalls
from clusterdns.cluster.api.errors import ApiConfigError

LEEWAY: Final = 10.0
"""Seconds before their end at which credentials are renewed."""

RUN_EVERY: Final = 5.0
"""Seconds between two runs, however many requests are refused meanwhile."""

PATIENCE: Final = 60.0
"""Seconds that a run may take."""

READ_SECONDS: Final = 5.0
"""Seconds that reading what it printed may take."""


class ExecPlugin:
    """Runs the program when a credential is first asked for, and whenever a new one is needed."""

    def __init__(self, program: Program, process: ProcessEnvironment, *, patience: float = PATIENCE) -> None:
        self._program = program
        self._process = ExecProcess(program, patience=patience)
        self._reading = BlockingCalls("exec credential")
        self._clock = process.clock
        self._now = process.now
        self._lock = asyncio.Lock()
        self._ran_at = float("-inf")
        self._ends_at: float | None = None
        self._credential: Credential | None = None
        self._failure = f"{program.origin} was not run"

    async def current(self) -> Credential:
        """The last credential, or a new one if that is at its end. Raises ApiConfigError.

        One that cannot be renewed is used to its end.
        """
        async with self._lock:
            if self._credential is None or self._ends_within(LEEWAY):
                await self._run(keep=not self._ends_within(0.0))
            return self._result()

    async def after(self, refused: Credential) -> Credential:
        """A new credential, unless there has been one since. Raises ApiConfigError."""
        async with self._lock:
            if self._credential is refused:
                await self._run(keep=False)
            return self._result()

    def _ends_within(self, seconds: float) -> bool:
        return self._ends_at is not None and self._now() >= self._ends_at - seconds

    def _result(self) -> Credential:
        if self._credential is None:
            raise ApiConfigError(self._failure)
        return self._credential

    async def _run(self, *, keep: bool) -> None:
        """Run the program, unless it was run a moment ago. If it fails, the last credential is dropped,
        or kept with `keep`.
        """
        if self._clock() - self._ran_at < RUN_EVERY:
            return
        self._ran_at = self._clock()
        try:
            self._credential, self._ends_at = await self._printed()
        except ApiConfigError as error:
            self._failure = str(error)
            if not keep:
                self._credential, self._ends_at = None, None
        except asyncio.CancelledError:
            # The next caller need not wait because this one was cancelled.
            self._ran_at = float("-inf")
            raise

    async def _printed(self) -> tuple[Credential, float | None]:
        read = partial(read_credential, await self._process.run(), self._program)
        try:
            return await self._reading.run(read, seconds=READ_SECONDS)
        except OSError as error:
            # Time-outs are among them.
            raise ApiConfigError(f"{self._program.origin}: what it printed cannot be read") from error
