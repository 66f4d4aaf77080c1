"""Entering what plugins built, with the plugin's name on whatever goes wrong."""

from contextlib import AbstractAsyncContextManager, AsyncExitStack

from clusterdns.answering.origin import failing_as
from clusterdns.corefile import CorefileError, CorefileErrors
from clusterdns.server.backends import Owned

__all__ = ["enter_owned"]


async def enter_owned(stack: AsyncExitStack, owned: Owned) -> None:
    """Enter a part or a backend of a plugin on `stack`, if it is a context manager, then its works.

    Raises:
        CorefileErrors: it cannot start.
    """
    origin, part, works = owned
    if origin is None:
        return
    try:
        with failing_as(origin, "__aenter__"):
            if isinstance(part, AbstractAsyncContextManager):
                await stack.enter_async_context(part)
            for work in works:
                await stack.enter_async_context(work)
    except CorefileError as error:
        raise CorefileErrors([error]) from error
