"""A hostile tenant and a hostile client at once, beside polite ones; exits with 1 if a promise is not held.

python -m bench hostile                         ten minutes
python -m bench.hostile --seconds 60            shorter
python -m bench.hostile --only deep bursts      some of what they do
"""

import argparse
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import trustme

from bench.hostile import verdict
from bench.hostile.attack import Plan, Ports, attack, preferred_session
from bench.hostile.cluster import write
from bench.hostile.pages import large_pages
from bench.hostile.rates import PARTS, description
from bench.hostile.tenant import Tenant
from bench.hostile.verdict import Row
from bench.hostile.warming import fill_caches
from bench.watch.apiserver import RemoteServer, api_server
from bench.watch.cluster import Size
from bench.watch.process import free_port, memory
from bench.watch.subject import OURS, Subject, last_of, subject

SECONDS: Final = 600.0
SYNC_SECONDS: Final = 180.0
SETTLE_SECONDS: Final = 10.0
WINDOW: Final = "100"
"""Changes that the API server keeps: some of them are large."""

PLUGINS: Final = """
    ready 127.0.0.1:{ports.ready}
    prometheus 127.0.0.1:{ports.metrics} {{
        tls {file}
    }}
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.hostile",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--services", type=int, default=2000)
    parser.add_argument("--endpoints", type=int, default=20_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    return parser.parse_args(arguments)


def tls_file(folder: Path) -> Path:
    """A web configuration file of Prometheus, with a certificate."""
    certificate = trustme.CA().issue_cert("localhost")
    chain, key, file = folder / "chain.pem", folder / "key.pem", folder / "web.yaml"
    chain.write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))
    key.write_bytes(certificate.private_key_pem.bytes())
    file.write_text(f"tls_server_config:\n  cert_file: {chain}\n  key_file: {key}\n", encoding="utf-8")
    return file


@contextmanager
def attacked(folder: Path, size: Size, ports: Ports) -> Generator[tuple[RemoteServer, Subject]]:
    """An API server with the cluster and a server that has synced with it.

    Raises:
        TimeoutError: it does not.
    """
    data = folder / "data"
    data.mkdir()
    write(data, size)
    plugins = PLUGINS.format(ports=ports, file=tls_file(folder))
    with api_server(data, log=folder / "api.log", arguments=("--window", WINDOW)) as api:
        options = f"endpoint {api.url}\n        zonal"
        with subject(OURS, folder, options=options, plugins=plugins) as server:
            began = time.perf_counter()
            if server.asker.until(last_of(size), seconds=SYNC_SECONDS) is None:
                raise TimeoutError(f"not synced after {SYNC_SECONDS:.0f} s")
            print(f"synced after {time.perf_counter() - began:.1f} s", flush=True)
            yield api, server


def measure(folder: Path, plan: Plan) -> list[Row]:
    """Attack a server and judge what was found."""
    ports = Ports(ready=free_port(), metrics=free_port())
    with attacked(folder, plan.size, ports) as (api, server):
        tenant = Tenant(api, plan.parts)
        tenant.put_all()
        fill_caches(server.port)
        time.sleep(SETTLE_SECONDS)
        steady = memory(server.pid)["rss"]
        outcome = attack(api, server, ports, plan=plan, folder=folder)
        tenant.put_all()
        found = [*verdict.rows(outcome, steady=steady), verdict.answers(server.asker, plan.parts)]
        found.append(verdict.left_out(ports.ready, plan.parts))
        for line in verdict.remarks(outcome):
            print(line, flush=True)
    return found


def report(found: list[Row]) -> bool:
    """Print a table; whether all was held."""
    for what, figure, goal, held in found:
        print(f"{'  ' if held else '* '}{what:40}{goal:12}{figure}", flush=True)
    return all(row.held for row in found)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    size = Size(services=options.services, endpoints=options.endpoints)
    plan = Plan(parts=tuple(options.only or PARTS), seconds=options.seconds, size=size)
    print(f"{plan.seconds:.0f} s; {size.services:,} Services, {size.endpoints:,} endpoints", flush=True)
    print(*description(plan.parts, seconds=plan.seconds), sep="\n", flush=True)
    with preferred_session(), TemporaryDirectory() as name:
        found = measure(Path(name), plan)
        if not options.only:
            figure = large_pages(Path(name))
            found.append(Row("390 objects of 1.4 MB in pages", figure.text, "≤ 500 MB", figure.within))
    return 0 if report(found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
