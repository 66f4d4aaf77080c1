"""A real `kube-apiserver` with its `etcd`, both from the PATH and on loopback only, that can be disturbed.

with real_cluster(tmp_path) as cluster:
    cluster.client.apply({"kind": "Namespace", "metadata": {"name": "shop"}})
    cluster.api.kill()
    cluster.start_api()

There are no controllers and no nodes: what is there was put there. Objects can be made in Namespaces that
are not there, as those that such controllers would remove first.
"""

import json
import shutil
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import yaml

from testbed.kube_client import KubeClient, RefusedError
from testbed.peers import free_port
from testbed.real.commands import (
    ADMIN_CREDENTIALS,
    DNS_CREDENTIALS,
    api_command,
    etcd_command,
    write_files,
    write_tokens,
)
from testbed.restartable import Restartable

__all__ = ["RealCluster", "missing_programs", "real_cluster"]

PROGRAMS: Final = ("kube-apiserver", "etcd")
READY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RealCluster:
    """An API server and its etcd. `client` may do everything. `port` is that of the API server."""

    folder: Path
    etcd_port: int
    port: int
    etcd: Restartable
    api: Restartable
    client: KubeClient

    def start_api(self) -> float:
        """Start the API server and wait until it is ready; how many seconds that took.

        Raises:
            RuntimeError: it does not become ready.
        """
        began = time.monotonic()
        self.api.start()
        self.wait_ready()
        return time.monotonic() - began

    def wait_ready(self) -> float:
        """Wait until the API server is ready; how many seconds that took. Raises RuntimeError."""
        began, answer = time.monotonic(), ""
        while time.monotonic() < began + READY_SECONDS:
            try:
                self.client.text("/readyz")
                # It says so before it has found an etcd again that was away.
                self.client.items("Namespace")
            except (RefusedError, OSError) as error:
                answer = str(error)
                time.sleep(0.1)
            else:
                return time.monotonic() - began
        raise RuntimeError(f"kube-apiserver is not ready:\n{answer}\n{self.api.said()[-2000:]}")

    def compact(self) -> None:
        """Let etcd forget all but what is there now."""
        found = self._etcd("range", {"key": "AA=="})["header"]
        self._etcd("compaction", {"revision": found["revision"], "physical": True})

    def empty(self) -> None:
        """Stop both and start them with nothing kept: versions begin anew."""
        self.api.kill()
        self.etcd.kill()
        shutil.rmtree(self.folder / "data")
        self.etcd.start()
        self.start_api()

    def use_token(self, token: str) -> None:
        """Let another token be the DNS server's; the API server reads it when it starts."""
        write_tokens(self.folder, token)

    def apply_file(self, path: Path) -> None:
        """As `kubectl apply -f` does."""
        self.apply_text(path.read_text())

    def apply_text(self, text: str) -> None:
        """Likewise, of manifests as YAML."""
        for document in yaml.safe_load_all(text):
            self.client.apply(document)

    def kubeconfig(self, *, port: int = 0, name: str = "kubeconfig") -> Path:
        """A kubeconfig of the DNS server, whose token is in the file `token` beside it."""
        (self.folder / "token").write_text(DNS_CREDENTIALS)
        address = f"https://127.0.0.1:{port or self.port}"
        here = {"cluster": "real", "user": "dns"}
        config = {
            "current-context": "here",
            "contexts": [{"name": "here", "context": here}],
            "clusters": [{"name": "real", "cluster": {"server": address, "certificate-authority": "ca.pem"}}],
            "users": [{"name": "dns", "user": {"tokenFile": "token"}}],
        }
        path = self.folder / name
        path.write_text(json.dumps(config))
        return path

    def asked(self) -> list[str]:
        """Path and query of every request of the DNS server, of all API servers so far."""
        lines = (self.folder / "audit.log").read_text().splitlines()
        return [json.loads(line)["requestURI"] for line in lines if line.endswith("}")]

    def _etcd(self, method: str, body: dict[str, object]) -> dict[str, dict[str, object]]:
        url = f"http://127.0.0.1:{self.etcd_port}/v3/kv/{method}"
        with urlopen(Request(url, json.dumps(body).encode()), timeout=10) as reply:
            answer: dict[str, dict[str, object]] = json.load(reply)
            return answer


def missing_programs() -> str:
    """Why there can be no real cluster, in a line; "" if there can."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    return f"there is no {' and no '.join(missing)} on the PATH" if missing else ""


@contextmanager
def real_cluster(folder: Path, *, flags: Sequence[str] = ()) -> Generator[RealCluster]:
    """Start both, in `folder`; `flags` are more ones of the API server. They are ended with the context.

    Raises:
        RuntimeError: one does not start; the text is what it says.
    """
    etcd_port, port = free_port(), free_port()
    authority = write_files(folder)
    etcd = Restartable(etcd_command(folder, etcd_port), port=etcd_port, folder=folder)
    api = Restartable([*api_command(folder, etcd_port, port), *flags], port=port, folder=folder)
    client = KubeClient(f"https://127.0.0.1:{port}", authority=authority, token=ADMIN_CREDENTIALS)
    cluster = RealCluster(folder=folder, etcd_port=etcd_port, port=port, etcd=etcd, api=api, client=client)
    with etcd, api:
        etcd.start()
        cluster.start_api()
        yield cluster
