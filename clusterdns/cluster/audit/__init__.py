"""The audit: what a watch has missed without anybody noticing is found and put right.

    every 30 min ± 50 % ─▶ for each resource that is followed
        the table's versions, remembered                    comparing.py
        ─▶ the API server's list, metadata only, in pages   pages.py
        ─▶ what differs ─▶ 10 s later: still as remembered?  then no event came for it: missed
        ─▶ repair, counted                                  figures.py

A watch that is only late does not count: the list is a consistent read, younger than what was remembered, so
an event for whatever differs was sent before the list was. If the table has moved on within the ten seconds,
in whatever direction, the watch tells of this object and is believed.
"""

from clusterdns.cluster.audit.auditor import DEFAULT_PERIOD, Audited, Auditor
from clusterdns.cluster.audit.figures import AuditFigures

__all__ = ["DEFAULT_PERIOD", "AuditFigures", "Audited", "Auditor"]
