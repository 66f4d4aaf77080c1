"""The metrics of the event loop's turns."""

from typing import Final

from clusterdns.telemetry.loop_turns import BOUNDS, TimedSelector
from clusterdns.telemetry.metrics import Metrics

__all__ = ["LONGEST", "TURNS", "declare_loop_turns"]

TURNS: Final = "clusterdns_loop_turn_seconds"
LONGEST: Final = "clusterdns_loop_turn_longest_seconds"


def declare_loop_turns(metrics: Metrics, selector: TimedSelector) -> None:
    """Export how long the turns of the loop with this selector last."""
    turns = metrics.histogram(TURNS, "Time that turns of the event loop take.", bounds=BOUNDS).of()

    def count() -> None:
        turns.counts[:] = selector.long.counts
        turns.counts[0] = selector.ended - selector.long.count
        turns.sum = selector.seconds

    metrics.on_export(count)
    metrics.gauge(LONGEST, "The longest turn of the event loop in the last minutes.").reads(
        lambda: selector.longest
    )
