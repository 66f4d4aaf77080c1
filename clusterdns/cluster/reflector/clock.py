"""The clock of this package: that of the event loop, which tests can advance."""

import asyncio


def loop_time() -> float:
    """Seconds by the clock of the event loop."""
    return asyncio.get_running_loop().time()
