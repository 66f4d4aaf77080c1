"""Durations as Go writes them: `5s`, `1m30s`, `100ms`, `1.5h`, `-2s`, `0`."""

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9]*)(\.[0-9]*)?(ns|us|µs|μs|ms|s|m|h)")
_LONGEST = 64
_LARGEST = 2.0**63 * 1e-9
"""A Go duration counts nanoseconds in 64 bits: about 292 years."""


def parse_duration(text: str) -> float:
    """Seconds. Raises ValueError for what Go's time.ParseDuration does not take."""
    unsigned = text[1:] if text[:1] in ("-", "+") else text
    seconds = 0.0 if unsigned == "0" else _sum_of_parts(unsigned)
    return -seconds if text[:1] == "-" else seconds


def _sum_of_parts(text: str) -> float:
    if not text or len(text) > _LONGEST:
        raise ValueError(text)
    seconds, at = 0.0, 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or not (digits := part[1] + (part[2] or "").rstrip(".")):
            raise ValueError(text)
        seconds += float(digits) * _UNITS[part[3]]
        at = part.end()
    if seconds >= _LARGEST:
        raise ValueError(text)
    return seconds
