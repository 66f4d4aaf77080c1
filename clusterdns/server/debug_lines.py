"""Turns log lines of level DEBUG on and off, as the configuration that serves has it."""

import logging

__all__ = ["DebugLines"]


class DebugLines:
    """Whether the server's loggers log at level DEBUG. Turning it off restores the level of before."""

    def __init__(self) -> None:
        self._logger = logging.getLogger("clusterdns")
        self._before: int | None = None

    def turn(self, *, on: bool) -> None:
        """Log them from now on, or no more."""
        if on and self._before is None:
            self._before = self._logger.level
            self._logger.setLevel(logging.DEBUG)
        elif not on and self._before is not None:
            self._logger.setLevel(self._before)
            self._before = None
