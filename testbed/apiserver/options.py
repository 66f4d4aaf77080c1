"""The parameters of a list or watch (Kubernetes, "API Concepts"): read, and which go together."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from testbed.apiserver.statuses import bad_request, invalid_options

EXACT: Final = "Exact"
NOT_OLDER: Final = "NotOlderThan"
ANY_VERSION: Final = -1
"""In a continue token: go on with what is there now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """version, match: "" where not given. limit: 0 is none. initial: None where not said."""

    version: str
    match: str
    limit: int
    token: str
    watch: bool
    bookmarks: bool
    initial: bool | None
    timeout: int

    @property
    def number(self) -> int:
        """The version as a number, 0 where not given."""
        return int(self.version or 0)

    @property
    def is_exact(self) -> bool:
        """Whether a list is to be of one certain version; a limit alone asks for that, too."""
        return self.match == EXACT or bool(not self.match and self.limit and self.number)

    @property
    def takes_cached(self) -> bool:
        """Whether a list may be what the server remembers, without asking etcd what is true now."""
        return bool(self.version) and not self.is_exact


def parse_options(params: Mapping[str, str]) -> ListOptions:
    """The options of a request.

    Raises:
        Refusal: 400 or 422, options that cannot be read or do not go together.
    """
    version = params.get("resourceVersion", "")
    if version and not version.isdecimal():
        raise bad_request(f'resourceVersion: Invalid value: "{version}": expected a decimal number')
    initial = params.get("sendInitialEvents")
    options = ListOptions(
        version=version,
        match=params.get("resourceVersionMatch", ""),
        limit=_number(params, "limit"),
        token=params.get("continue", ""),
        watch=_flag(params.get("watch")),
        bookmarks=_flag(params.get("allowWatchBookmarks")),
        initial=None if initial is None else _flag(initial),
        timeout=_number(params, "timeoutSeconds"),
    )
    (_check_watch if options.watch else _check_list)(options)
    return options


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueToken:
    """Where a list in pages goes on: of which version, after which key."""

    version: int
    after: str

    def encoded(self) -> str:
        """As the client gets it."""
        document = {"v": "meta.k8s.io/v1", "rv": self.version, "start": self.after}
        return base64.urlsafe_b64encode(msgspec.json.encode(document)).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "ContinueToken":
        """Read a token. Raises Refusal (400) if the text is none."""
        try:
            padded = text + "=" * (-len(text) % 4)
            document: dict[str, Any] = msgspec.json.decode(base64.urlsafe_b64decode(padded))
            return cls(version=int(document["rv"]), after=str(document["start"]))
        except (binascii.Error, msgspec.DecodeError, KeyError, TypeError, ValueError):
            raise bad_request("continue key is not valid") from None


def _check_list(options: ListOptions) -> None:
    if options.initial is not None:
        raise invalid_options("sendInitialEvents", "sendInitialEvents is forbidden for list")
    if options.token and options.number:
        raise bad_request("specifying resource version is not allowed when using continue")
    if not options.match:
        return
    if options.token:
        raise invalid_options("resourceVersionMatch", "resourceVersionMatch is forbidden with continue")
    if not options.version:
        message = "resourceVersionMatch is forbidden unless resourceVersion is provided"
        raise invalid_options("resourceVersionMatch", message)
    if options.match not in {EXACT, NOT_OLDER}:
        raise invalid_options("resourceVersionMatch", "supported values: Exact, NotOlderThan")
    if options.match == EXACT and not options.number:
        message = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
        raise invalid_options("resourceVersionMatch", message)


def _check_watch(options: ListOptions) -> None:
    if options.initial is None and options.match:
        message = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
        raise invalid_options("resourceVersionMatch", message)
    if options.initial is not None and options.match != NOT_OLDER:
        message = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        raise invalid_options("resourceVersionMatch", message)


def _flag(text: str | None) -> bool:
    """Whether a parameter is there and neither empty, `0` nor `false`."""
    return text is not None and text.lower() not in {"", "0", "false"}


def _number(params: Mapping[str, str], name: str) -> int:
    text = params.get(name, "0") or "0"
    if not text.isdecimal():
        raise bad_request(f'{name}: Invalid value: "{text}": expected a decimal number')
    return int(text)
