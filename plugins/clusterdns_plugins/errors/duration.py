"""Periods as Go prints them, which is how CoreDNS's summaries name them."""

from typing import Final

__all__ = ["duration_text"]

_UNITS: Final = ((1_000_000, "ms"), (1_000, "µs"), (1, "ns"))


def duration_text(seconds: float) -> str:
    """`30s`, `5m0s`, `1h0m0s`, `1.5s`, `250ms`, `0s`; precise to the nanosecond."""
    nanoseconds = round(abs(seconds) * 1e9)
    sign = "-" if seconds < 0 and nanoseconds else ""
    return sign + (_long(nanoseconds) if nanoseconds >= 1_000_000_000 else _short(nanoseconds))


def _short(nanoseconds: int) -> str:
    for size, unit in _UNITS:
        if nanoseconds >= size:
            return _fraction(nanoseconds, size) + unit
    return "0s"


def _long(nanoseconds: int) -> str:
    minutes, rest = divmod(nanoseconds, 60_000_000_000)
    hours, minutes = divmod(minutes, 60)
    seconds = _fraction(rest, 1_000_000_000) + "s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def _fraction(amount: int, size: int) -> str:
    whole, rest = divmod(amount, size)
    digits = str(rest).zfill(len(str(size)) - 1).rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)
