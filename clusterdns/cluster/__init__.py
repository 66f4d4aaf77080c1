"""The cluster: the service table and the sources that feed it.

How a change travels:

    YAML and JSON files                                     Kubernetes API
      │ manifests/: read, split, hash, parse what changed     │
      ▼                                                       │
    objects as they stand in manifests                        │
      │ endpoints/: selectors + Pods ──▶ slices, as a         │
      │             cluster's controllers would make them     │
      ▼                                                       ▼
    slim objects (objects.py) ──▶ difference ──▶ ChangeSet (changes.py)
                                                   │ in steps of at most 2 ms: additions first, removals last,
                                                   │ a Service with its slices at once
                                                   ▼
           Table.apply (table.py, store.py): each Replacement ──▶ rows touched (touching.py)
                                                                       │ in the same step
    look-up ──▶ Noted ──▶ reply remembered with its rows ◀── dropped ──┤
                                                                       │
    snapshot/keeper.py, copying.py: copies of the table ◀── published ─┘ (publishing.py)

Nothing here knows of DNS records or answers.
"""

from clusterdns.cluster.changes import ChangeSet, difference
from clusterdns.cluster.endpoint import Endpoint
from clusterdns.cluster.objects import (
    EndpointSlice,
    Namespace,
    ObjectKey,
    Pod,
    Port,
    Service,
    ServiceImport,
)
from clusterdns.cluster.steps import apply_in_steps
from clusterdns.cluster.table import Table

__all__ = [
    "ChangeSet",
    "Endpoint",
    "EndpointSlice",
    "Namespace",
    "ObjectKey",
    "Pod",
    "Port",
    "Service",
    "ServiceImport",
    "Table",
    "apply_in_steps",
    "difference",
]
