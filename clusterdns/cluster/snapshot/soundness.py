"""Checks of a snapshot's objects for values that the table cannot hold, though each checksum fits.

Types were checked by the decoder. Checked here is what types do not cover: names that are none, addresses of
another length, ports that are none, endpoints that are not packed as ours are, an object that is there twice.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.kinds.checks import MOST_TEXT
from clusterdns.cluster.objects import ClusterObject, ObjectKey, key_of
from clusterdns.cluster.snapshot.errors import damaged

_NAME: Final = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?")
"""A name of an object in Kubernetes (RFC 1123 subdomain)."""


def check_objects(objects: Iterable[ClusterObject], yield_to_loop: Callable[[], None]) -> None:
    """Check each object; `yield_to_loop` is called in between.

    Raises:
        SnapshotError: damaged, with the first that is not as it was written.
    """
    seen: set[ObjectKey] = set()
    for item in objects:
        key = key_of(item)
        if key in seen:
            raise damaged(f"{_shown(item)} is there twice")
        seen.add(key)
        if not (_is_named(item) and SPECS[type(item)].is_sound(item, yield_to_loop)):
            raise damaged(f"{_shown(item)} is not as it was written")
        yield_to_loop()


def _is_named(item: ClusterObject) -> bool:
    if not _NAME.fullmatch(item.name) or len(item.version) > MOST_TEXT:
        return False
    return not SPECS[type(item)].is_namespaced or _NAME.fullmatch(item.namespace) is not None


def _shown(item: ClusterObject) -> str:
    return f"{type(item).__name__} {item.namespace[:63]}/{item.name[:253]}"
