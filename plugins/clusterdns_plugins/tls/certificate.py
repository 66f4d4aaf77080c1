"""A certificate whose files are renewed while it is used."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, NoReturn, Self

from clusterdns.corefile import CorefileError
from clusterdns_plugins.tls.config import Settings
from clusterdns_plugins.tls.files import BadFileError, make_context, read_files

__all__ = ["Certificate"]

LOOK_SECONDS: Final = 10.0
"""How often the files are looked at. A renewed certificate has days to be noticed; an edit is to be seen."""

_log = logging.getLogger("clusterdns.plugin.tls")


class _Fault(NamedTuple):
    """The reason why the files as they are now are not used, and the time since when."""

    text: str
    since: float


class Certificate:
    """The TLS context of connections, once it is entered: `context`, another one after a renewal.

    The files are taken over together. If they cannot be read, or are no pair, the last good ones are used on:
    that is a complaint until they are good again, and logged once.
    """

    context: ssl.SSLContext

    def __init__(self, settings: Settings, root: Path, *, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._root = root
        self._clock = clock
        self._digests: tuple[bytes, ...] = ()
        self._fault: _Fault | None = None

    def check(self) -> None:
        """Read the files.

        Raises:
            CorefileError: one of them is missing or wrong.
        """
        try:
            read_files(self._settings, self._root)
            make_context(self._settings, self._root)
        except BadFileError as fault:
            raise CorefileError(fault.file.position, str(fault)) from fault

    async def __aenter__(self) -> Self:
        """Read the files for the first time.

        Raises:
            CorefileError: one of them is missing or wrong.
        """
        try:
            await self._read()
        except BadFileError as fault:
            raise CorefileError(fault.file.position, str(fault)) from fault
        if self._settings.key_log is not None:
            _log.warning('the secrets of connections are written to "%s"', self._settings.key_log.path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def complaints(self) -> tuple[str, ...]:
        """A line if the files as they are now are not used."""
        if self._fault is None:
            return ()
        seconds = self._clock() - self._fault.since
        return (f"tls: the last good certificate is used, since {seconds:.0f} s: {self._fault.text}",)

    async def follow(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> NoReturn:
        """Look at the files now and then, for ever."""
        while True:
            await sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Use the files if they are others than those in use, and good."""
        try:
            renewed = await self._read()
        except BadFileError as fault:
            self._complain(str(fault))
            return
        if renewed:
            _log.info('new connections get the renewed certificate "%s"', self._settings.certificate.path)
        self._fault = None

    async def _read(self) -> bool:
        """Whether the files are others than those in use; then they are used from now on.

        Raises:
            BadFileError: one of them is missing or wrong.
        """
        found = await asyncio.to_thread(self._changed)
        if found is None:
            return False
        self._digests, self.context = found
        return True

    def _changed(self) -> tuple[tuple[bytes, ...], ssl.SSLContext] | None:
        digests = read_files(self._settings, self._root)
        return None if digests == self._digests else (digests, make_context(self._settings, self._root))

    def _complain(self, text: str) -> None:
        if self._fault is not None and self._fault.text == text:
            return
        since = self._clock() if self._fault is None else self._fault.since
        self._fault = _Fault(text, since)
        _log.warning("the last good certificate is used on: %s", text)
