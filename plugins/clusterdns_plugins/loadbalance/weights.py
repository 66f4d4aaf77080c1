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
from clusterdns.followed_file import Fault, FollowedFile
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
    """The weights in a file, read at the start, and again when it has changed while it is followed.

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
        self._file = FollowedFile(
            path, read=_weights_of, take=self._take, complain=self._complain, most=MOST_OCTETS
        )
        self._logger = logging.getLogger("clusterdns.plugin.loadbalance")

    def check(self) -> None:
        """Read the file as at the start, and keep nothing of it.

        Raises:
            CorefileError: it is wrong, or missing and not looked at again.
        """
        with self._refusing():
            _weights_of(read_regular(self._path, most=MOST_OCTETS))

    async def __aenter__(self) -> Self:
        with self._refusing():
            await self._file.look()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end: following the file is background work."""

    async def follow(self) -> NoReturn:
        """Look at the file every `reload` seconds, for ever."""
        await self._file.follow(self._wanted.reload, sleep=self._sleep)

    @contextlib.contextmanager
    def _refusing(self) -> Generator[None]:
        """Turn a fault of the file at the start into an error with its place, or a warning."""
        try:
            yield
        except OSError as error:
            if not self._wanted.reload:
                raise self._error(f"cannot be read: {error.strerror}") from error
            self._complain(error)
        except ValueError as invalid:
            raise self._error(str(invalid)) from invalid

    def _take(self, weights: Weights) -> None:
        self.weights = weights

    def _complain(self, fault: Fault) -> None:
        """Log a fault of the file."""
        if isinstance(fault, OSError):
            text = f" cannot be read: {fault.strerror}; trying again in {self._wanted.reload:g}s"
        else:
            text = f": {fault}; the weights before it stay"
        self._logger.warning("the weight file %s%s", self._path, text)

    def _error(self, what: str) -> CorefileError:
        return CorefileError(self._wanted.position, f'the weight file "{self._path}": {what}')


def _weights_of(octets: bytes) -> Weights:
    return parse_weights(octets.decode())
