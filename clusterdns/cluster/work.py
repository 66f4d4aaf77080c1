"""Work in pieces: a generator that yields wherever it may be interrupted, run at once or in turns."""

import asyncio
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias, TypeVar

from clusterdns.cluster.step_budget import StepBudget

T = TypeVar("T")

Work: TypeAlias = Generator[None, None, T]
"""What `return`s a T. Each piece of it should take less than a tenth of a millisecond."""

PIECE: Final = 256
"""Small things done between two yields."""


def at_once(work: Work[T]) -> T:
    """Do all of it now."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


async def in_turns(work: Work[T], turns: StepBudget) -> T:
    """Do it in turns. Being cancelled is put off until it is done: work that is begun leaves nothing half."""
    cancelled: asyncio.CancelledError | None = None
    try:
        while True:
            try:
                next(work)
            except StopIteration as end:
                result: T = end.value
                return result
            if turns.is_over():
                try:
                    await turns.end()
                except asyncio.CancelledError as error:
                    cancelled = error
    finally:
        if cancelled is not None:
            raise cancelled


def pieces(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists of at most `PIECE`: what may be done without a yield."""
    left = iter(items)
    while piece := list(islice(left, PIECE)):
        yield piece
