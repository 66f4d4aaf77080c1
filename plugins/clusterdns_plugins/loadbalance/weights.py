"""The weight file: names, each followed by its addresses with their weights, one a line.

www.example.org
192.0.2.1 3
192.0.2.2 1
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Generator
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Final, NoReturn, Self

from clusterdns.corefile import CorefileError
from clusterdns.dns.name import Name
from clusterdns.files import read_regular
from clusterdns.supervision import supervised
from clusterdns_plugins.loadbalance.config import Weighted
from clusterdns_plugins.loadbalance.policy import Weights

__all__ = ["InvalidWeights", "WeightFile", "parse_weights"]

HEAVIEST: Final = 255
MOST_OCTETS: Final = 16 << 20
"""Of a weight file. A larger one is not read."""


class InvalidWeights(ValueError):
    """A line that is neither a name nor an address with its weight; the message says which and why."""


def parse_weights(text: str) -> Weights:
    """Read the text of a weight file; `#` begins a line of comment.

    Raises:
        InvalidWeights: see there.
    """
    weights: dict[Name, dict[bytes, int]] = {}
    current: dict[bytes, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) == 1:
            current = weights.setdefault(_name(words[0], number), {})
        elif len(words) == 2 and current is not None:
            current.setdefault(_address(words[0], number), _weight(words[1], number))
        else:
            raise InvalidWeights(f"line {number}: expected a name, then lines of an address and a weight")
    return weights


def _name(word: str, number: int) -> Name:
    if _packed(word) is not None:
        raise InvalidWeights(f"line {number}: the address {word} has no weight")
    try:
        return Name.from_text(word)
    except ValueError as invalid:
        raise InvalidWeights(f'line {number}: "{word}" is no domain name: {invalid}') from None


def _address(word: str, number: int) -> bytes:
    packed = _packed(word)
    if packed is None:
        raise InvalidWeights(f'line {number}: expected an IP address, not "{word}"')
    return packed


def _packed(word: str) -> bytes | None:
    try:
        return ip_address(word).packed if "%" not in word else None
    except ValueError:
        return None


def _weight(word: str, number: int) -> int:
    if word.isascii() and word.isdigit() and len(word) <= len(str(HEAVIEST)) and 1 <= int(word) <= HEAVIEST:
        return int(word)
    raise InvalidWeights(f'line {number}: a weight is a number from 1 to {HEAVIEST}, not "{word}"')


class WeightFile:
    """The weights in a file, read at the start and again when it has changed.

    `sleep` waits between looks. A file that is not there at the start is waited for if it is looked at
    again; one that becomes unreadable or wrong later is logged, and the last good weights stay.
    """

    def __init__(
        self, path: Path, wanted: Weighted, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.weights: Weights = {}
        self._path = path
        self._wanted = wanted
        self._sleep = sleep
        self._text: str | None = None
        self._complaint = ""
        self._watching = contextlib.AsyncExitStack()
        self._logger = logging.getLogger("clusterdns.plugin.loadbalance")

    def check(self) -> None:
        """Read the file as at the start, and keep nothing of it.

        Raises:
            CorefileError: it is wrong, or missing and not looked at again.
        """
        with self._refusing():
            parse_weights(self._text_now())

    async def __aenter__(self) -> Self:
        with self._refusing():
            await self._read()
        if self._wanted.reload:
            watch = supervised(f"the weight file {self._path}", self._look_again)
            await self._watching.enter_async_context(watch)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._watching.aclose()

    @contextlib.contextmanager
    def _refusing(self) -> Generator[None]:
        """Turn what is wrong with the file at the start into an error with its place, or a warning."""
        try:
            yield
        except OSError as error:
            if not self._wanted.reload:
                raise self._error(f"cannot be read: {error.strerror}") from error
            self._warn(error)
        except ValueError as invalid:
            raise self._error(str(invalid)) from invalid

    async def _look_again(self) -> NoReturn:
        while True:
            await self._sleep(self._wanted.reload)
            try:
                await self._read()
            except OSError as error:
                self._warn(error)
            except ValueError as invalid:
                self._complain(f"the weight file {self._path}: {invalid}; the weights before it stay")
            else:
                self._complaint = ""

    async def _read(self) -> None:
        """Take the file's weights over, if its text is another one than last time."""
        text = await asyncio.to_thread(self._text_now)
        if text != self._text:
            self._text = text
            self.weights = parse_weights(text)

    def _text_now(self) -> str:
        return read_regular(self._path, most=MOST_OCTETS).decode()

    def _warn(self, error: OSError) -> None:
        self._complain(
            f"the weight file {self._path} cannot be read: {error.strerror}; "
            f"trying again in {self._wanted.reload:g}s"
        )

    def _complain(self, sentence: str) -> None:
        """Log what is wrong with the file, unless that was the last thing said of it."""
        if sentence != self._complaint:
            self._logger.warning("%s", sentence)
        self._complaint = sentence

    def _error(self, what: str) -> CorefileError:
        return CorefileError(self._wanted.position, f'the weight file "{self._path}": {what}')
