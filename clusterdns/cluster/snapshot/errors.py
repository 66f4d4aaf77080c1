"""Why a snapshot is not used."""

from enum import Enum

from clusterdns.cluster.serials import Serials


class Refusal(Enum):
    """The one word for it."""

    DAMAGED = "damaged"
    FOREIGN = "foreign"
    OLD = "old"
    UNREADABLE = "unreadable"
    UNTRUSTED = "untrusted"


class SnapshotError(Exception):
    """A stream or file that cannot be used; the text is one sentence for the log.

    serials: those of a snapshot that is ours and whole but too old. They hold however old it is.
    """

    def __init__(self, refusal: Refusal, sentence: str, *, serials: Serials | None = None) -> None:
        super().__init__(sentence)
        self.refusal = refusal
        self.serials = serials or Serials()


def damaged(what: str) -> SnapshotError:
    """The stream is not as it was written: `what` is wrong with it."""
    return SnapshotError(Refusal.DAMAGED, f"damaged: {what}")
