"""The one clock of what follows an API server, so that tests can let it jump."""

import asyncio


def loop_time() -> float:
    """Seconds by the clock of the event loop."""
    return asyncio.get_running_loop().time()
