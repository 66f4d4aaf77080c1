"""Locks on objects that a long change applies in steps: nothing else may change them meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

from clusterdns.cluster.objects import ObjectKey


class Claims:
    """The keys of the one change that is being applied in steps; changes of other objects need not wait."""

    __slots__ = ("_claimed", "_turn")

    def __init__(self) -> None:
        self._claimed: frozenset[ObjectKey] = frozenset()
        self._turn = asyncio.Lock()

    def are_free(self, keys: Iterable[ObjectKey]) -> bool:
        """Whether none of these objects is being changed."""
        return not self._claimed or self._claimed.isdisjoint(keys)

    @asynccontextmanager
    async def hold(self, keys: Iterable[ObjectKey]) -> AsyncGenerator[None, None]:
        """Wait until no other change is applied in steps, then claim these objects until the context ends."""
        async with self._turn:
            self._claimed = frozenset(keys)
            try:
                yield
            finally:
                self._claimed = frozenset()
