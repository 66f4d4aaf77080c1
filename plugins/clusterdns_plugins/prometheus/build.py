"""From settings to the parts that count, and to the page `/metrics`."""

from clusterdns.plugin import Context
from clusterdns.telemetry.metrics import metrics_of
from clusterdns.web import shared_listener
from clusterdns_plugins.prometheus.block import PrometheusBlock
from clusterdns_plugins.prometheus.config import Settings
from clusterdns_plugins.prometheus.export import PATH, Exporter
from clusterdns_plugins.prometheus.rejections import Rejections
from clusterdns_plugins.prometheus.tls import TlsSettings

__all__ = ["build"]


def build(settings: Settings, context: Context) -> PrometheusBlock:
    """Make the part of the block; what all blocks share is made with the first one.

    Every address exports everything, as in CoreDNS.
    """
    metrics = metrics_of(context)
    exporter = context.shared(Exporter, lambda: Exporter(metrics))
    exporter.runtime |= settings.runtime_metrics
    context.shared(Rejections, lambda: Rejections(metrics))
    listener = shared_listener(context, settings.address)
    listener.add(PATH, exporter.answer)
    if settings.tls is not None:
        listener.encrypt(TlsSettings(context.root / settings.tls.path, settings.tls.position).load)
    return PrometheusBlock(context, metrics)
