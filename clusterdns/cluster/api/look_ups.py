"""Looking up the API server's name. The system's look-up can take minutes, and cannot be ended."""

import errno
import socket
from functools import partial
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from clusterdns.cluster.api.blocking import BlockingCalls

LOOK_UP_SECONDS: Final = 8.0
"""Seconds that are waited for a look-up: fewer than for a connection, so that it is known what was late."""


class LookUps(AbstractResolver):
    """An aiohttp resolver with at most one thread for each name: look-ups at the same time share it.

    Names are those of endpoints and of a proxy, so there are few.
    """

    def __init__(self) -> None:
        self._calls: dict[tuple[str, int, int], BlockingCalls] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises OSError: there is none, or no answer in time."""
        calls = self._calls.setdefault((host, port, family), BlockingCalls("name look-up"))
        ask = partial(socket.getaddrinfo, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        try:
            found = await calls.share(partial(ask, host, port, family), seconds=LOOK_UP_SECONDS)
        except TimeoutError:
            raise TimeoutError(errno.ETIMEDOUT, f"no answer within {LOOK_UP_SECONDS:g} s") from None
        return [
            ResolveResult(
                hostname=host,
                host=_with_scope(address),
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Nothing waits for the threads."""


def _with_scope(address: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]) -> str:
    """An address in text, with the number of its interface if it is link-local."""
    scope = address[3] if len(address) == 4 else 0
    return f"{address[0]}%{scope}" if scope else str(address[0])
