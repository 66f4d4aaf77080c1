"""A list without streaming, one page of which would be half a gigabyte."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.hostile.objects import MOST_OCTETS, NAMESPACE
from bench.watch.apiserver import RemoteServer, api_server
from bench.watch.asker import expected
from bench.watch.cluster import Document, service
from bench.watch.figure import Figure
from bench.watch.process import memory
from bench.watch.subject import OURS, subject

OBJECTS: Final = 390
GIVEN_SECONDS: Final = 120.0
MOST_MEGABYTES: Final = 500.0


def large_pages(folder: Path) -> Figure:
    """Whether a server syncs, and with how much memory at most."""
    data = folder / "pages"
    data.mkdir()
    with api_server(data, log=folder / "pages.log", arguments=("--window", "1")) as api:
        put_large(api)
        api.call("refuse_streaming_list")
        with subject(OURS, data, options=f"endpoint {api.url}") as server:
            question = expected(f"large-{OBJECTS - 1}.{NAMESPACE}", "10.200.1.1")
            took = server.asker.until(question, seconds=GIVEN_SECONDS)
            peak = memory(server.pid)["peak"]
    when = "not synced" if took is None else f"synced after {took:.1f} s"
    return Figure(text=f"{when}, {peak:.0f} MB at most", within=took is not None and peak <= MOST_MEGABYTES)


def put_large(api: RemoteServer) -> None:
    api.call("put", *_small())
    for at in range(OBJECTS):
        document = service(f"large-{at}", NAMESPACE, cluster_ip="10.200.1.1")
        document["metadata"]["annotations"] = {"filler": "x" * MOST_OCTETS}
        api.call("put", document)


def _small() -> Iterator[Document]:
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
