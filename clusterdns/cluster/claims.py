"""Who may change an object while it is being changed in turns: nobody else."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

from clusterdns.cluster.objects import ObjectKey


class Claims:
    """One change at a time is applied in turns; small ones of other objects need not wait for it."""

    __slots__ = ("_claimed", "_turn")

    def __init__(self) -> None:
        self._claimed: frozenset[ObjectKey] = frozenset()
        self._turn = asyncio.Lock()

    def are_free(self, keys: Iterable[ObjectKey]) -> bool:
        """Whether none of these objects is being changed."""
        return not self._claimed or self._claimed.isdisjoint(keys)

    @asynccontextmanager
    async def hold(self, keys: Iterable[ObjectKey]) -> AsyncGenerator[None, None]:
        """Wait until nobody else changes anything in turns, then claim these objects."""
        async with self._turn:
            self._claimed = frozenset(keys)
            try:
                yield
            finally:
                self._claimed = frozenset()
