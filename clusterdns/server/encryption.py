"""With what the connections to encrypted listeners are encrypted: what a plugin of their blocks offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from clusterdns.capabilities import Encrypts
from clusterdns.configuration.settings import BlockSettings
from clusterdns.corefile import Position, Problems
from clusterdns.server.listeners import Listener

__all__ = ["encryption_of"]


def encryption_of(
    listeners: Iterable[Listener], encrypts_of: Callable[[BlockSettings], Encrypts | None]
) -> Mapping[Listener, Encrypts]:
    """The part that encrypts, for each encrypted listener, out of the parts of its block.

    Raises:
        CorefileErrors: a block has no plugin for that, or another certificate than a block beside it.
    """
    found: dict[Listener, Encrypts] = {}
    problems = Problems()
    for listener in listeners:
        if listener.is_encrypted:
            _add(listener, found, encrypts_of, problems=problems)
    problems.raise_if_any()
    return found


def _add(
    listener: Listener,
    found: dict[Listener, Encrypts],
    encrypts_of: Callable[[BlockSettings], Encrypts | None],
    *,
    problems: Problems,
) -> None:
    """Enter `listener` in `found`, or say what is wrong with its blocks, each once."""
    first: Position | None = None
    for block in {id(served.block): served.block for served in listener.zones}.values():
        position = _position(block, listener.address.scheme)
        encrypts = encrypts_of(block)
        if encrypts is None:
            problems.add(
                position,
                f"{listener.label} is encrypted, but this server block has no certificate: "
                f"expected the plugin tls in it, with the files of a certificate and its key",
            )
        elif first is None:
            found[listener], first = encrypts, position
        elif encrypts != found[listener]:
            problems.add(
                position,
                f"{listener.label} is encrypted with what the plugin tls says in the server "
                f"block at {first}: expected the same in this one, or another port",
            )


def _position(block: BlockSettings, scheme: str) -> Position:
    """Where the block says that it is encrypted."""
    return next(key.position for key in block.keys if key.scheme == scheme)
