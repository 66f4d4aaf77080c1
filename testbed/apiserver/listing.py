"""Lists: of which version, which page, and their bytes."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from testbed.apiserver.engine import Engine
from testbed.apiserver.options import ANY_VERSION, ContinueToken, ListOptions
from testbed.apiserver.resources import Resource
from testbed.apiserver.selection import Selection
from testbed.apiserver.statuses import Refusal, expired_token, too_large
from testbed.apiserver.stored import Stored

MOST_REMEMBERED: Final = 16
"""Encoded lists that are kept for the next who asks the same; a fleet of replicas does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The objects that a list is taken from, sorted, and their version. `whole`: no pages."""

    version: int
    objects: list[Stored]
    after: str = ""
    whole: bool = False
    is_now: bool = False


class Lister:
    """Answers lists."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._remembered: dict[tuple[object, ...], bytes] = {}

    async def body(self, selection: Selection, options: ListOptions, *, partial: bool) -> bytes:
        """The body of a list.

        Raises:
            Refusal: 400, 410 or 504.
        """
        await fresh(self._engine, options)
        snapshot = self._snapshot(selection.resource, options)
        if options.limit and not snapshot.whole:
            return _page(snapshot, selection, limit=options.limit, partial=partial)
        metadata = {"resourceVersion": str(snapshot.version)}
        if snapshot.is_now and not snapshot.after:
            items = self._items_now(snapshot, selection, partial=partial)
        else:
            items = _joined(_selected(snapshot, selection), partial=partial)
        return _list(selection.resource, metadata, items=items, partial=partial)

    def _snapshot(self, resource: Resource, options: ListOptions) -> Snapshot:
        store = self._engine.store
        if options.token:
            return self._continued(resource, ContinueToken.decode(options.token))
        if options.is_exact:
            return Snapshot(version=options.number, objects=store.at(resource, options.number))
        if options.version == "0":
            stale = self._engine.stale
            if stale is not None:
                return Snapshot(version=stale.version, objects=stale.objects[resource.plural], whole=True)
            return Snapshot(version=store.version, objects=store.now(resource), whole=True, is_now=True)
        return Snapshot(version=store.version, objects=store.now(resource), is_now=True)

    def _continued(self, resource: Resource, token: ContinueToken) -> Snapshot:
        store = self._engine.store
        if token.version == ANY_VERSION:
            return Snapshot(version=store.version, objects=store.now(resource), after=token.after)
        if not store.readable <= token.version <= store.version:
            raise expired_token(ContinueToken(version=ANY_VERSION, after=token.after).encoded())
        objects = store.at(resource, token.version)
        return Snapshot(version=token.version, objects=objects, after=token.after)

    def _items_now(self, snapshot: Snapshot, selection: Selection, *, partial: bool) -> bytes:
        generation = self._engine.store.generations[selection.resource]
        key = (generation, selection, partial)
        items = self._remembered.get(key)
        if items is None:
            items = self._remembered[key] = _joined(_selected(snapshot, selection), partial=partial)
            if len(self._remembered) > MOST_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
        return items


async def fresh(engine: Engine, options: ListOptions) -> None:
    """Wait a little for a version that is yet to come.

    Raises:
        Refusal: 504, it has not come.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + engine.fresh_seconds
    while options.number > engine.store.version:
        if clock() >= deadline:
            raise Refusal(too_large(options.number, engine.store.version))
        await asyncio.sleep(min(0.05, engine.fresh_seconds))


def _selected(snapshot: Snapshot, selection: Selection) -> list[Stored]:
    objects = snapshot.objects
    if snapshot.after:
        objects = objects[bisect_right(objects, snapshot.after, key=lambda one: one.key) :]
    if not selection.namespace and not selection.is_narrow:
        return objects
    return [one for one in objects if selection.matches(one)]


def _page(snapshot: Snapshot, selection: Selection, *, limit: int, partial: bool) -> bytes:
    selected = _selected(snapshot, selection)
    shown, left = selected[:limit], len(selected) - limit
    metadata: dict[str, Any] = {"resourceVersion": str(snapshot.version)}
    if left > 0:
        metadata["continue"] = ContinueToken(version=snapshot.version, after=shown[-1].key).encoded()
        if not selection.is_narrow:
            metadata["remainingItemCount"] = left
    return _list(selection.resource, metadata, items=_joined(shown, partial=partial), partial=partial)


def _joined(objects: list[Stored], *, partial: bool) -> bytes:
    encode: Callable[[Stored], bytes] = Stored.partial if partial else Stored.item
    return b",".join(map(encode, objects))


def _list(resource: Resource, metadata: dict[str, Any], *, items: bytes, partial: bool) -> bytes:
    kind, api_version = (
        ("PartialObjectMetadataList", "meta.k8s.io/v1")
        if partial
        else (f"{resource.kind}List", resource.api_version)
    )
    head = msgspec.json.encode({"kind": kind, "apiVersion": api_version, "metadata": metadata})
    return head[:-1] + b',"items":[' + items + b"]}\n"
