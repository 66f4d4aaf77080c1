"""An API server with a cluster and a server that follows it: where every part begins."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.watch.apiserver import RemoteServer, api_server
from bench.watch.asker import Asker, Expected, expected
from bench.watch.cluster import Size, cluster_ip, service, write
from bench.watch.subject import Kind, Subject, last_of, subject

SYNC_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where measures are made: which server, how large a cluster, and a folder with the cluster's files.

    quick: shorter runs, for trying.
    """

    kind: Kind
    size: Size
    data: Path
    quick: bool = False

    @contextmanager
    def api(self, *arguments: str, within: tuple[str, ...] = ()) -> Generator[tuple[RemoteServer, Path]]:
        """An API server, and a folder for whatever belongs to it."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            with api_server(self.data, log=folder / "api.log", arguments=arguments, within=within) as api:
                yield api, folder

    @contextmanager
    def lab(
        self, *arguments: str, options: str = "", plugins: str = "", within: tuple[str, ...] = ()
    ) -> Generator["Lab"]:
        """An API server and a server that follows it and has synced."""
        with self.api(*arguments, within=within) as (api, folder):
            lines = f"endpoint {api.url}\n        {options}"
            with subject(self.kind, folder, options=lines, plugins=plugins) as server:
                lab = Lab(api=api, subject=server, size=self.size)
                lab.wait_synced()
                yield lab


@dataclass(slots=True, kw_only=True)
class Lab:
    """`turn`: how many changes were made, so that each gives another address."""

    api: RemoteServer
    subject: Subject
    size: Size
    turn: int = 0

    @property
    def asker(self) -> Asker:
        return self.subject.asker

    def wait_synced(self) -> None:
        """Raises TimeoutError where it takes too long."""
        if self.asker.until(last_of(self.size), seconds=SYNC_SECONDS) is None:
            raise TimeoutError(f"not synced after {SYNC_SECONDS:.0f} s")

    def change(self) -> Expected:
        """Give a Service another address; the question that shows it."""
        self.turn += 1
        address = cluster_ip(1, turn=self.turn % 15 + 1)
        self.api.call("put", service("service-1", "ns-1", cluster_ip=address))
        return expected("service-1.ns-1", address)

    def right_after(self, *, seconds: float) -> float | None:
        """Make a change; how long until it is answered."""
        return self.asker.until(self.change(), seconds=seconds)


@contextmanager
def data(size: Size) -> Generator[Path]:
    """A folder with the files of a cluster."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, size)
        yield folder
