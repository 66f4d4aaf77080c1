"""Errors of watches and streaming lists in which each HTTP answer by itself is in order."""

from typing import Final

from clusterdns.cluster.api.errors import ApiError, ApiStatusError, ApiUnreachable

REFUSALS_OF_STREAMING: Final = frozenset({400, 422})
"""The answers to `sendInitialEvents` of servers that know it but not use it, and of those that do not."""


class SilentWatchError(ApiError):
    """Nothing came for too long, though a bookmark was due."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the API server sent neither an event nor a bookmark for {seconds:.0f} s, "
            "so the watch is given up and all is listed again"
        )


class DoubtedWatchError(ApiError):
    """A watch that is given up because another watch of the same server proved to be of a lost history."""

    def __init__(self) -> None:
        super().__init__("a watch of something else turned out to be of a history that is gone")


class ShortWatchError(ApiError):
    """The watch ended as soon as it had begun, without an event."""

    def __init__(self) -> None:
        super().__init__("the API server ended a watch at once and without an event")


class EndlessListError(ApiError):
    """A streaming list was not completed in time: its parameters are ignored, or its bookmark is not sent.

    is_empty: nothing came at all, which need not be the streaming's fault.
    """

    def __init__(self, *, is_empty: bool) -> None:
        super().__init__("the API server did not complete a streaming list, so pages are asked for instead")
        self.is_empty = is_empty


class BrokenListError(ApiError):
    """A streaming list ended before it was complete."""

    def __init__(self) -> None:
        super().__init__("the API server ended a streaming list before it was complete")


def refuses_streaming(error: ApiError) -> bool:
    """Whether a streaming list is refused as such."""
    return isinstance(error, ApiStatusError) and error.code in REFUSALS_OF_STREAMING


def may_be_due_to_streaming(error: ApiError) -> bool:
    """Whether it is worth a try to ask for pages next."""
    if isinstance(error, ApiStatusError):
        return not error.throttled
    return not isinstance(error, ApiUnreachable)


def asked_to_wait(error: ApiError) -> float:
    """Seconds that the API server asks us to wait."""
    return (error.retry_after or 0.0) if isinstance(error, ApiStatusError) else 0.0
