"""Settings of a manifest source: value semantics, so that equal settings can share a source."""

from dataclasses import dataclass

from clusterdns.cluster.selector import LabelSelector


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestSettings:
    """Where manifests are, and what is selected of them.

    `paths`: files, folders (with all below) and globs (`*`, `?`, `[...]`, `**`). `labels` selects Services,
    EndpointSlices and Pods, `namespace_labels` Namespaces; None selects all. `endpoints` and `pods` say
    whether these are wanted at all. `poll_seconds`: look at the files this often instead of being told of
    changes, for file systems that do not tell (some network and host-shared ones).
    """

    paths: tuple[str, ...]
    labels: LabelSelector | None = None
    namespace_labels: LabelSelector | None = None
    endpoints: bool = True
    pods: bool = True
    poll_seconds: float | None = None
