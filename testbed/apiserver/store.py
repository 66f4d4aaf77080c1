"""The objects, under one increasing version, with the changes that led to them."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from testbed.apiserver.changes import Change
from testbed.apiserver.resources import RESOURCES, Resource, resource_of
from testbed.apiserver.statuses import Refusal, expired, expired_list
from testbed.apiserver.stored import Stored, stored


class Store:
    """The objects and changes that etcd and the watch cache of an API server hold.

    version: of the last change of any object.
    window: changes that are kept; older versions have expired.
    watchable, readable: the oldest versions that a watch may start from, and that a list may be of.
    """

    def __init__(self, *, version: int, window: int) -> None:
        self.version = version
        self.watchable = version
        self.readable = version
        self.changes: deque[Change] = deque()
        self.generations: dict[Resource, int] = dict.fromkeys(RESOURCES, 0)
        self._window = window
        self._objects: dict[Resource, dict[str, Stored]] = {resource: {} for resource in RESOURCES}
        self._sorted: dict[Resource, list[Stored]] = {}

    def get(self, resource: Resource, namespace: str, *, name: str) -> Stored | None:
        """An object as it is now."""
        return self._objects[resource].get(f"{namespace}/{name}")

    def put(self, document: Mapping[str, Any]) -> Change | None:
        """Create or replace an object; None if nothing is different.

        Raises:
            ValueError: its kind is not served or it has no name.
        """
        resource = resource_of(str(document.get("kind")))
        after = stored(resource, document, version=self.version + 1)
        before = self._objects[resource].get(after.key)
        if after.is_like(before):
            return None
        return self._commit(resource, before, after=after)

    def put_stored(self, after: Stored) -> Change:
        """Create or replace an object that carries the next version, without a look at its encoding."""
        before = self._objects[after.resource].get(after.key)
        return self._commit(after.resource, before, after=after)

    def delete(self, resource: Resource, namespace: str, *, name: str) -> Change | None:
        """Delete an object; None if there is none."""
        before = self.get(resource, namespace, name=name)
        return None if before is None else self._commit(resource, before, after=None)

    def now(self, resource: Resource) -> list[Stored]:
        """All objects of a resource, sorted by their keys."""
        if resource not in self._sorted:
            self._sorted[resource] = sorted(self._objects[resource].values(), key=lambda one: one.key)
        return self._sorted[resource]

    def at(self, resource: Resource, version: int) -> list[Stored]:
        """All objects of a resource as they were at a version, sorted by their keys.

        Raises:
            Refusal: 410, the version has expired.
        """
        if version < self.readable:
            raise expired_list()
        return sorted(self._rewound(resource, version).values(), key=lambda one: one.key)

    def since(self, resource: Resource, version: int) -> list[Change]:
        """The changes of a resource after a version, oldest first.

        Raises:
            Refusal: 410, the version has expired.
        """
        if version < self.watchable:
            raise Refusal(expired(version, self.watchable))
        return [one for one in self.changes if one.version > version and one.resource is resource]

    def skip(self) -> int:
        """Let a version pass that none of these objects changed with. Returns it."""
        self.version += 1
        return self.version

    def restore(self, version: int) -> None:
        """Go back to what was there at a version, as if nothing had happened since.

        Raises:
            ValueError: the version is not among those kept.
        """
        if not self.readable <= version <= self.version:
            raise ValueError(f"expected a version from {self.readable} to {self.version}, found {version}")
        for resource in RESOURCES:
            self._objects[resource] = self._rewound(resource, version)
        while self.changes and self.changes[-1].version > version:
            self.changes.pop()
        self._begin_anew(version)

    def empty(self) -> None:
        """Forget every object, and count versions from 1."""
        self._objects = {resource: {} for resource in RESOURCES}
        self.changes.clear()
        self.watchable = self.readable = 1
        self._begin_anew(1)

    def _begin_anew(self, version: int) -> None:
        self.version = version
        self.watchable = min(self.watchable, version)
        self._sorted.clear()
        for resource in RESOURCES:
            self.generations[resource] += 1

    def _rewound(self, resource: Resource, version: int) -> dict[str, Stored]:
        objects = dict(self._objects[resource])
        for change in reversed(self.changes):
            if change.version <= version:
                break
            if change.resource is resource:
                key = change.either().key
                if change.before is None:
                    del objects[key]
                else:
                    objects[key] = change.before
        return objects

    def _commit(self, resource: Resource, before: Stored | None, *, after: Stored | None) -> Change:
        change = Change(version=self.skip(), resource=resource, before=before, after=after)
        key = change.either().key
        if after is None:
            del self._objects[resource][key]
        else:
            self._objects[resource][key] = after
        self._sorted.pop(resource, None)
        self.generations[resource] += 1
        self.changes.append(change)
        if len(self.changes) > self._window:
            oldest = self.changes.popleft().version
            self.watchable, self.readable = max(self.watchable, oldest), max(self.readable, oldest)
        return change
