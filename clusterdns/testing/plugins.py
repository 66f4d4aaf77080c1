"""Small plugins to serve in tests, made from one function."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from clusterdns.plugin import AnyPlugin, Context, Next, Plugin, Query, Reply

__all__ = ["Body", "plugin_of"]

Body: TypeAlias = Callable[[Query, Next, Context], Awaitable[Reply]]


class _Handler:
    def __init__(self, body: Body, context: Context) -> None:
        self._body = body
        self._context = context

    async def __call__(self, query: Query, next: Next) -> Reply:
        return await self._body(query, next, self._context)


def plugin_of(
    body: Body,
    *,
    name: str = "whoami",
    inline: bool = True,
    treats_alike: bool = True,
    any_class: bool = False,
) -> AnyPlugin:
    """A plugin without options that does what `body(query, next, context)` does.

    It takes the place of the shipped plugin called `name`, or says that it stands before `whoami`.
    """
    return Plugin(
        name=name,
        help="made for a test",
        parse=lambda _directive: None,
        build=lambda _settings, context: _Handler(body, context),
        before=None if name == "whoami" else "whoami",
        inline=inline,
        treats_alike=treats_alike,
        any_class=any_class,
    )
