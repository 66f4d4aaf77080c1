"""Backends: objects that blocks share, and that a configuration takes over from the one before it.

    generation 1 ── lease ──▶ backend ◀── lease ── generation 2        equal settings: the same backend
         └── closes: generation 2 still holds it          └── closes: nobody does, so the backend ends

A backend is known by the key of its settings. It is entered by the first generation that starts with it and
left by the last one that closes, maybe in another task: what a backend does at its end must not depend on the
task that began it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, TypeVar

from clusterdns.answering.origin import Origin
from clusterdns.server.background import Background

__all__ = ["Backends", "Enter", "Lease", "Owned"]

T = TypeVar("T")


class Owned(NamedTuple):
    """A part or a backend, its plugin (None for the server's own), and its background work."""

    origin: Origin | None
    part: object
    works: tuple[Background, ...] = ()


Enter: TypeAlias = Callable[[AsyncExitStack, Owned], Awaitable[None]]
"""Enters something on a stack, if it is a context manager."""


@dataclass(slots=True, eq=False)
class _Backend:
    """A backend, the generations that hold it, and the stack that leaves it once it was entered."""

    owned: Owned
    holders: set[Lease] = field(default_factory=set)
    stack: AsyncExitStack | None = None


class Backends:
    """All backends of a server by their keys. `given` are those that it brings along and nobody closes."""

    def __init__(self, given: Mapping[Hashable, object]) -> None:
        self._given = {key: _Backend(Owned(None, part)) for key, part in given.items()}
        self._made: dict[Hashable, _Backend] = {}
        self._generations = 0

    def lease(self) -> Lease:
        """A lease for a new generation, which holds nothing yet."""
        self._generations += 1
        return Lease(self, self._generations)

    def find(self, key: Hashable, make: Callable[[], Owned]) -> _Backend:
        """The backend with that key, made if there is none."""
        known = self._given.get(key) or self._made.get(key)
        if known is None:
            known = self._made[key] = _Backend(make())
        return known

    def forget(self, key: Hashable, backend: _Backend) -> None:
        """Let the next one who asks for `key` have a new backend."""
        if self._made.get(key) is backend:
            del self._made[key]


class Lease:
    """The backends that one generation holds. A backend is of the plugin that asked for it first.

    generation: its number, from 1.
    """

    def __init__(self, backends: Backends, generation: int) -> None:
        self.generation = generation
        self._backends = backends
        self._held: dict[Hashable, _Backend] = {}

    def shared(
        self,
        key: Hashable,
        make: Callable[[], T],
        origin: Origin,
        *,
        works: Callable[[], tuple[Background, ...]] = tuple,
    ) -> T:
        """The backend with that key, held from now on; taken over, or made by `make`, with the background
        work that `works` returns then."""
        if key not in self._held:
            backend = self._backends.find(key, lambda: Owned(origin, make(), works()))
            backend.holders.add(self)
            self._held[key] = backend
        made: Any = self._held[key].owned.part
        found: T = made
        return found

    def owned(self) -> tuple[Owned, ...]:
        """All of them, in the order in which they were asked for."""
        return tuple(backend.owned for backend in self._held.values())

    async def start(self, enter: Enter) -> None:
        """Enter those that no generation has entered yet.

        Raises:
            Exception: as `enter` raises it; what was entered is left by `close`.
        """
        for backend in self._held.values():
            if backend.stack is None:
                stack = AsyncExitStack()
                await enter(stack, backend.owned)
                backend.stack = stack

    def abandon(self) -> None:
        """Hold nothing any more, before anything was entered."""
        for key, backend in self._held.items():
            backend.holders.discard(self)
            if not backend.holders:
                self._backends.forget(key, backend)
        self._held = {}

    async def close(self) -> None:
        """Hold nothing any more, the last first; what nobody else holds ends."""
        async with AsyncExitStack() as releasing:
            for key, backend in self._held.items():
                releasing.push_async_callback(self._release, key, backend)
            self._held = {}

    async def _release(self, key: Hashable, backend: _Backend) -> None:
        backend.holders.discard(self)
        if backend.holders:
            return
        self._backends.forget(key, backend)
        if backend.stack is not None:
            await backend.stack.aclose()
