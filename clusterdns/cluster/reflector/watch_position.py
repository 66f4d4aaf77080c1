"""The resourceVersion that a reflector has reached, and the parameters of its next list or watch."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from clusterdns.cluster.reflector.listing.page_size import PageSize
from clusterdns.cluster.reflector.resources import Resource

WATCH_SECONDS: Final = (300, 600)
"""Watches end at random times, so that those of many replicas do not end together."""


@dataclass(slots=True, kw_only=True)
class WatchPosition:
    """version: of the last list, event or bookmark; opaque, and compared for equality only.

    must_list: whether a watch from `version` would not do. unversioned: whether that list has to be what is
    true now, and not merely not older than `version`, which may be forgotten or from the future.
    trusting: whether an object's version says what it said when the table got it. listed: whether there ever
    was a complete list. page_size: how many objects of a list are asked for at once.
    """

    version: str = ""
    must_list: bool = True
    unversioned: bool = False
    trusting: bool = False
    listed: bool = False
    page_size: PageSize = field(default_factory=PageSize)

    def forgotten(self) -> None:
        """List next, without a version: the server does not know `version` any more."""
        self.must_list = self.unversioned = True

    def doubted(self) -> None:
        """List next and read all objects: the server may have another history than that of `version`."""
        self.forgotten()
        self.trusting = False

    def completed(self, version: str) -> None:
        """Watch next, from `version`: that of a list which is complete."""
        self.version = version
        self.must_list = self.unversioned = False
        self.trusting = self.listed = True

    def first_page(self, resource: Resource) -> dict[str, str]:
        """The query parameters for the first page of a list. The first list may come out of the server's
        cache: cheap, perhaps old, perhaps unpaged. Without a version it is read from etcd, in pages.
        """
        wanted = {"limit": str(self.page_size.items)}
        if not self.page_size.is_full:
            return resource.params(**wanted)
        if not self.unversioned and not self.version:
            wanted["resourceVersion"] = "0"
        elif not self.unversioned:
            # With a limit and without this, exactly that version would be meant.
            wanted |= {"resourceVersion": self.version, "resourceVersionMatch": "NotOlderThan"}
        return resource.params(**wanted)

    def next_page(self, resource: Resource, token: str) -> dict[str, str]:
        """The query parameters for the page behind `token`, whose version is that of the first page."""
        return resource.params(limit=str(self.page_size.items), **{"continue": token})

    def streaming_list(self, resource: Resource, random: Random) -> dict[str, str]:
        """The query parameters for a streaming list (KEP-3157), which goes on as a watch."""
        return resource.params(
            **_watch(random),
            sendInitialEvents="true",
            resourceVersionMatch="NotOlderThan",
            resourceVersion="" if self.unversioned else self.version,
        )

    def watch(self, resource: Resource, random: Random) -> dict[str, str]:
        """The query parameters for a watch from `version`."""
        return resource.params(**_watch(random), resourceVersion=self.version)


def _watch(random: Random) -> dict[str, str]:
    return {
        "watch": "true",
        "allowWatchBookmarks": "true",
        "timeoutSeconds": str(random.randint(*WATCH_SECONDS)),
    }
