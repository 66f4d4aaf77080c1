"""Checks of the objects that a plugin's `build` returns: made when the chain is built, not at a query."""

import inspect
from contextlib import AbstractAsyncContextManager, AsyncContextDecorator
from typing import Final, TypeGuard

from clusterdns.capabilities import (
    Checkable,
    HasComplaints,
    Lameduck,
    NeedsPermissions,
    ObservesAnswers,
    ObservesHits,
    ObservesRejections,
    Ready,
)
from clusterdns.plugin import Handler

__all__ = ["fault_of_part", "is_handler"]

OFFERS: Final = (
    Checkable,
    HasComplaints,
    Lameduck,
    NeedsPermissions,
    ObservesAnswers,
    ObservesHits,
    ObservesRejections,
    Ready,
)
"""By any of these a part takes part without standing in the chain."""

SHAPE: Final = "async def __call__(self, query, next)"


def is_handler(part: object) -> TypeGuard[Handler]:
    """Whether what a plugin built stands in the chain: it can be called with a query and what is next.

    What `asynccontextmanager` makes can be called, too, but only as a decorator.
    """
    return callable(part) and type(part).__call__ is not AsyncContextDecorator.__call__


def fault_of_part(part: object) -> str | None:
    """The fault of an object that a plugin built, to stand behind the plugin's name; None if it has none."""
    if part is None:
        return None
    if inspect.iscoroutine(part):
        part.close()
        return "build is a coroutine function, but has to return the handler without waiting"
    if isinstance(part, type):
        return f"build returned the class {part.__name__}, not a handler made from it"
    return _fault_of_handler(part) if is_handler(part) else _fault_of_other(part)


def _fault_of_handler(handler: Handler) -> str | None:
    kind = type(handler).__name__
    if not (inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(type(handler).__call__)):
        return f"the handler, a {kind}, is no coroutine function: {SHAPE} is expected"
    try:
        inspect.signature(handler).bind(None, None)
    except TypeError as error:
        return f"the handler, a {kind}, cannot be called with a query and what is next: {error}"
    return _fault_of_life(handler)


def _fault_of_other(part: object) -> str | None:
    life = _fault_of_life(part)
    if life is not None:
        return life
    if isinstance(part, (AbstractAsyncContextManager, *OFFERS)):
        return None
    kind = type(part).__name__
    return f"build returned a {kind} that is no handler and does nothing else: {SHAPE} is expected"


def _fault_of_life(part: object) -> str | None:
    """An async context manager has both ends; one with a single end would never be entered."""
    ends = [end for end in ("__aenter__", "__aexit__") if hasattr(type(part), end)]
    if len(ends) == 1:
        return f"the {type(part).__name__} that build returned has an {ends[0]} without its other half"
    return None
