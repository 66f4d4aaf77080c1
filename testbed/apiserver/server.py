"""The scripted API server: its objects, its requests, its start and stop."""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web

from testbed.apiserver.access import SERVICE_ACCOUNT, Access
from testbed.apiserver.dispatch import Dispatcher
from testbed.apiserver.engine import BOOKMARK_SECONDS, Engine
from testbed.apiserver.manifests import read_folder, read_yaml
from testbed.apiserver.records import Records, Request
from testbed.apiserver.resources import resource_of
from testbed.apiserver.scripting import Scripting
from testbed.apiserver.store import Store
from testbed.apiserver.stored import Document, stored_raw

HUGE_OCTETS: Final = 1_572_864
"""What etcd accepts of one object at most: 1.5 MiB."""

BACKLOG: Final = 4096
SHUTDOWN_SECONDS: Final = 0.001
"""What handlers of aborted connections get to end by themselves; to aiohttp 0 is for ever."""

FIRST_VERSION: Final = 1000


class ApiServer(Scripting):
    """A Kubernetes API server for the time of a test. All methods belong to the event loop that it runs in.

    port: 0 is any; `stop` and `start` keep it.
    ssl_context: serve HTTPS. With `certificates`, its client certificates are credentials.
    tokens: the bearer tokens that are accepted. None: everybody may ask.
    window: changes that are kept; watches and lists of older versions get 410.
    bookmark_seconds: how often a watch gets a bookmark; None: only those of `bookmark()`.
    fresh_seconds: how long a version from the future is waited for before the 504.
    clock: what `requests` are timed by, seconds.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ssl_context: ssl.SSLContext | None = None,
        tokens: set[str] | None = None,
        certificates: bool = False,
        user: str = SERVICE_ACCOUNT,
        version: int = FIRST_VERSION,
        window: int = 10_000,
        bookmark_seconds: float | None = BOOKMARK_SECONDS,
        fresh_seconds: float = 0.0,
        compress: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        engine = Engine(
            store=Store(version=version, window=window),
            records=Records(clock),
            access=Access(tokens=tokens, certificates=certificates, user=user),
            bookmark_seconds=bookmark_seconds,
            fresh_seconds=fresh_seconds,
            compress=compress,
        )
        super().__init__(engine)
        self.host = host
        self.port = port
        self._ssl = ssl_context
        self._listener: asyncio.Server | None = None
        self._web: web.Server | None = None
        self._was_stopped = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """Where it listens, `http://127.0.0.1:12345`."""
        return f"{'https' if self._ssl else 'http'}://{self.host}:{self.port}"

    async def start(self, *, keep_history: bool = False) -> None:
        """Listen; again after `stop`, on the same port and with the same objects.

        A restarted API server knows no older versions, unless `keep_history`.

        Raises:
            OSError: it cannot listen there.
        """
        if self._was_stopped and not keep_history:
            self.forget_history()
        handler = Dispatcher(self._engine).handle
        self._web = web.Server(handler, access_log=None, handler_cancellation=True)
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            self._web, self.host, self.port, ssl=self._ssl, backlog=BACKLOG
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close all connections; new ones are refused until `start`."""
        if self._listener is not None and self._web is not None:
            self._listener.close()
            for connection in self._web.connections:
                if connection.transport is not None:
                    connection.transport.abort()
            await self._web.shutdown(timeout=SHUTDOWN_SECONDS)
            self._listener = self._web = None
            self._was_stopped = True

    # Objects.

    @property
    def version(self) -> int:
        """The version of the last change."""
        return self._engine.store.version

    def put(self, *documents: Mapping[str, Any]) -> int:
        """Create or replace objects; watches hear of what is different. Returns the version after it.

        A document needs `kind` and `metadata.name`; what an API server fills in may be left out.

        Raises:
            ValueError: one has no name, or a kind that is not served.
        """
        for document in documents:
            change = self._engine.store.put(document)
            if change is not None:
                self._engine.watchers.notice(change)
        return self.version

    def put_raw(
        self,
        kind: str,
        namespace: str,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        metadata: str = "",
        rest: str = "{}",
    ) -> int:
        """Create or replace an object whose encoding is given, which may be one that no encoder writes.

        `metadata`: members of its metadata beside those that every object has. `rest`: the object without
        kind, apiVersion and metadata.
        """
        store = self._engine.store
        after = stored_raw(
            resource_of(kind),
            namespace,
            name=name,
            version=store.version + 1,
            labels=labels or {},
            metadata=metadata,
            rest=rest,
        )
        self._engine.watchers.notice(store.put_stored(after))
        return self.version

    def put_huge(self, kind: str, namespace: str, *, name: str, octets: int = HUGE_OCTETS) -> int:
        """Give an object, there already or new, annotations of so many octets."""
        document = self.get(kind, namespace, name=name) or {
            "kind": kind,
            "metadata": {"namespace": namespace, "name": name},
        }
        document["metadata"]["annotations"] = {"example.org/huge": "x" * octets}
        return self.put(document)

    def delete(self, kind: str, namespace: str, name: str) -> bool:
        """Delete an object; whether it was there. `namespace` is "" for a Namespace.

        Raises:
            ValueError: a kind that is not served.
        """
        change = self._engine.store.delete(resource_of(kind), namespace, name=name)
        if change is not None:
            self._engine.watchers.notice(change)
        return change is not None

    def get(self, kind: str, namespace: str, *, name: str) -> Document | None:
        """A copy of an object, None if there is none."""
        found = self._engine.store.get(resource_of(kind), namespace, name=name)
        return None if found is None else found.document()

    def objects(self, kind: str) -> list[Document]:
        """Copies of all objects of a kind, sorted by namespace and name."""
        return [one.document() for one in self._engine.store.now(resource_of(kind))]

    def documents(self, kind: str) -> list[bytes]:
        """All objects of a kind as they are sent, sorted by namespace and name."""
        return [one.full() for one in self._engine.store.now(resource_of(kind))]

    def load(self, text: str) -> int:
        """Put all objects of a YAML (or JSON) text that are served; Lists are opened. Returns the version."""
        return self.put(*read_yaml(text))

    def load_folder(self, folder: Path | str) -> int:
        """Put all objects of the `.yaml`, `.yml` and `.json` files in a folder. Returns the version."""
        return self.put(*read_folder(Path(folder)))

    # What was asked, and who listens.

    @property
    def requests(self) -> list[Request]:
        """All requests, oldest first."""
        return self._engine.records.all

    def asked(self, verb: str = "", resource: str = "", *, namespace: str | None = None) -> list[Request]:
        """The requests of a verb, resource and namespace; "" and None are any."""
        return self._engine.records.select(verb, resource, namespace=namespace)

    def count(self, verb: str = "", resource: str = "", *, namespace: str | None = None) -> int:
        """How many those are."""
        return len(self.asked(verb, resource, namespace=namespace))

    async def until(self, condition: Callable[[], object], *, seconds: float = 5.0) -> None:
        """Wait until a condition holds, tried whenever a request comes and a watch begins or ends.

        Raises:
            TimeoutError: it has not come to hold.
        """
        async with asyncio.timeout(seconds):
            while not condition():
                self._engine.activity.clear()
                await self._engine.activity.wait()

    def watching(self, resource: str = "", *, namespace: str | None = None) -> list[Request]:
        """The requests of the watches that are open."""
        return [one.request for one in self._engine.watchers.select(resource, namespace)]
