"""The source that reads manifests: YAML and JSON files, watched.

    files.py     which files                         the paths of the configuration ▶ files, in order
    looking.py   folders ▶ what is in them           bounded, each folder once
    pieces.py    file ▶ text                         piece by piece
    chunks.py    text ▶ documents                    cheap: only what changed is parsed again;
                                                     json_cutter.py for JSON
    yaml_reader  document ▶ plain values             in steps, so that answers do not wait;
                                                     json_reader.py for JSON that is large
    events.py    what both consist of                for the line of a mistake
    documents.py plain values ▶ declared objects     or an error with file, line and field
    folder.py    all files' declared objects         a broken file keeps its last good ones
    merge.py     one object a key                    of two files that declare it the last counts
    pipeline.py  all of the above, and endpoints/    a change set
    source.py    load once, watch, apply             the change set goes to the table in steps
    reports.py   what is wrong                       to the log once, and to the page of readiness

Reading and parsing happen in a thread that pauses after every 0.7 ms of work (yielding.py): YAML is slow
and would hold the interpreter from the loop.
"""

from clusterdns.cluster.manifests.errors import ManifestError, ManifestErrors
from clusterdns.cluster.manifests.pipeline import check_manifests
from clusterdns.cluster.manifests.settings import ManifestSettings
from clusterdns.cluster.manifests.source import ManifestSource

__all__ = ["ManifestError", "ManifestErrors", "ManifestSettings", "ManifestSource", "check_manifests"]
