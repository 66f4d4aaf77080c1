"""The scripted API server as a process, and its remote control."""

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from bench.watch.process import OTHER_CORE, running


class RemoteServer:
    """Scripts an API server, `testbed.apiserver.ApiServer`, in another process.

    `line` is the one that it prints when it listens. Each process that scripts it makes one of these of it.
    """

    def __init__(self, line: str) -> None:
        self.line = line
        said = json.loads(line)
        self.url: str = said["url"]
        self.port: int = urlsplit(self.url).port or 0
        place = urlsplit(said["control"])
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=120)

    def __enter__(self) -> Self:
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the server, and return its result when it is done.

        Raises:
            RuntimeError: it was refused.
        """
        return self._post({"call": name, "args": args, "kwargs": kwargs})

    def accept_tokens(self, *tokens: str) -> None:
        """Other bearer tokens get 401 from now on."""
        self._post({"set": {"tokens": tokens}})

    def requests(self) -> list[dict[str, Any]]:
        """All so far, oldest first."""
        found: list[dict[str, Any]] = self.call("requests")
        return found

    def lists(self) -> int:
        """Lists of all objects of a resource: streaming ones, and first pages, but not those of audits."""
        return sum(map(_is_list, self.requests()))

    def _post(self, command: dict[str, Any]) -> Any:
        self._connection.request("POST", "/control", msgspec.json.encode(command))
        reply = msgspec.json.decode(self._connection.getresponse().read())
        if "error" in reply:
            raise RuntimeError(f"{command.get('call')}: {reply['error']}")
        return reply.get("result")


@contextmanager
def api_server(
    folder: Path, *, log: Path, arguments: tuple[str, ...] = (), within: tuple[str, ...] = ()
) -> Generator[RemoteServer]:
    """An API server with the objects of a folder. `within`: words that put a command elsewhere."""
    command = [sys.executable, "-m", "testbed.apiserver", "--folder", str(folder), *arguments]
    with running([*within, *command], core=OTHER_CORE, log=log, output=subprocess.PIPE) as process:
        if process.stdout is None:
            raise RuntimeError("the API server has no output")
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the API server did not start: {log.read_text(encoding='utf-8')}")
        with RemoteServer(line) as server:
            yield server


def _is_list(request: dict[str, Any]) -> bool:
    params: dict[str, str] = request["params"]
    if request["verb"] == "list":
        return "continue" not in params and "PartialObjectMetadataList" not in request["accept"]
    return request["verb"] == "watch" and "sendInitialEvents" in params
