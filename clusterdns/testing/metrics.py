"""The values of metrics, as a test wants to compare them."""

from clusterdns.telemetry.families import Distribution
from clusterdns.telemetry.metrics import Metrics

__all__ = ["values"]


def values(metrics: Metrics) -> dict[str, float]:
    """The value of every series by its name and labels, as in `coredns_x_total{verb="GET"}`; of a
    distribution, the number of values."""
    return {
        family.name + _labels(family.description.labels, of): _value(series)
        for family in metrics.families()
        for of, series in family.series()
    }


def _labels(names: tuple[str, ...], of: tuple[str, ...]) -> str:
    pairs = ",".join(f'{name}="{value}"' for name, value in zip(names, of, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def _value(series: object) -> float:
    value: float = series.count if isinstance(series, Distribution) else getattr(series, "value", 0)
    return value
