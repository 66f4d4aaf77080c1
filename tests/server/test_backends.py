"""Backends are known by their settings, and end with the last generation that holds them."""

from contextlib import AsyncExitStack
from typing import Self

import pytest

from clusterdns.answering.origin import Origin
from clusterdns.server.backends import Backends, Owned

MINE = Origin("mine")


class Backend:
    def __init__(self, name: str, said: list[str]) -> None:
        self._name = name
        self._said = said

    async def __aenter__(self) -> Self:
        self._said.append(f"enter {self._name}")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._said.append(f"leave {self._name}")


async def enter(stack: AsyncExitStack, owned: Owned) -> None:
    assert isinstance(owned.part, Backend)
    await stack.enter_async_context(owned.part)


async def test_what_did_not_change_is_taken_over_and_ends_with_its_last_holder() -> None:
    said: list[str] = []
    backends = Backends({})
    first, second = backends.lease(), backends.lease()
    one = first.shared("a", lambda: Backend("a", said), MINE)
    first.shared("b", lambda: Backend("b", said), MINE)
    await first.start(enter)
    assert second.shared("a", lambda: Backend("another a", said), MINE) is one
    await second.start(enter)
    assert said == ["enter a", "enter b"]
    await first.close()
    assert said[2:] == ["leave b"]
    await second.close()
    assert said[3:] == ["leave a"]


async def test_what_nobody_holds_any_more_is_made_anew() -> None:
    said: list[str] = []
    backends = Backends({})
    first, second = backends.lease(), backends.lease()
    one = first.shared("a", lambda: Backend("a", said), MINE)
    await first.start(enter)
    await first.close()
    assert second.shared("a", lambda: Backend("a", said), MINE) is not one


async def test_one_that_is_abandoned_leaves_nothing_behind() -> None:
    said: list[str] = []
    backends = Backends({})
    first, second, third = backends.lease(), backends.lease(), backends.lease()
    kept = first.shared("a", lambda: Backend("a", said), MINE)
    await first.start(enter)
    second.shared("a", lambda: Backend("a", said), MINE)
    lost = second.shared("b", lambda: Backend("b", said), MINE)
    second.abandon()
    assert third.shared("b", lambda: Backend("b", said), MINE) is not lost
    assert third.shared("a", lambda: Backend("a", said), MINE) is kept


async def test_they_end_in_the_reverse_of_the_order_in_which_they_were_asked_for() -> None:
    said: list[str] = []
    lease = Backends({}).lease()
    for name in "abc":
        lease.shared(name, lambda name=name: Backend(name, said), MINE)  # type: ignore[misc]
    await lease.start(enter)
    await lease.close()
    assert said == ["enter a", "enter b", "enter c", "leave c", "leave b", "leave a"]


async def test_what_was_entered_before_a_failure_ends() -> None:
    said: list[str] = []
    lease = Backends({}).lease()

    async def fail(stack: AsyncExitStack, owned: Owned) -> None:
        if isinstance(owned.part, str):
            raise RuntimeError(owned.part)  # noqa: TRY004 - stands for any failure
        await enter(stack, owned)

    lease.shared("a", lambda: Backend("a", said), MINE)
    lease.shared("b", lambda: "no luck", MINE)
    with pytest.raises(RuntimeError, match="no luck"):
        await lease.start(fail)
    await lease.close()
    assert said == ["enter a", "leave a"]
