"""The scripted API server as a process.

Prints one line of JSON when it listens, {"url": ..., "control": ...}, and ends with SIGINT or SIGTERM.
"""

import argparse
import asyncio
import json
import signal
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

from testbed.apiserver.control import Control
from testbed.apiserver.engine import BOOKMARK_SECONDS
from testbed.apiserver.server import ApiServer


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line's options. Exits with 2 if they are wrong."""
    parser = argparse.ArgumentParser(prog="python -m testbed.apiserver", description=__doc__)
    add = parser.add_argument
    add("--folder", type=Path, action="append", default=[], help="its .yaml and .json files are loaded")
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=0, help="0 is any")
    add("--control-port", type=int, default=0, help="where commands are posted to; 0 is any")
    add("--window", type=int, default=10_000, help="changes that are kept for watches to start from")
    add("--bookmark-seconds", type=float, default=BOOKMARK_SECONDS)
    add("--certificate", type=Path, help="serve HTTPS with this certificate and its key, one PEM file")
    add("--no-compression", action="store_true", help="never compress a list")
    return parser.parse_args(arguments)


def tls(certificate: Path | None) -> ssl.SSLContext | None:
    """How HTTPS is served, None for plain HTTP. Raises OSError where there is no such certificate."""
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes."""
    server = ApiServer(
        host=options.host,
        port=options.port,
        window=options.window,
        ssl_context=tls(options.certificate),
        bookmark_seconds=options.bookmark_seconds,
        compress=not options.no_compression,
    )
    for folder in options.folder:
        server.load_folder(folder)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with Control(server, host=options.host, port=options.control_port) as control, server:
        sys.stdout.write(json.dumps({"url": server.url, "control": control.url}) + "\n")
        sys.stdout.flush()
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(parse(sys.argv[1:])))
