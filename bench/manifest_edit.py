"""How long the event loop is kept from its work while manifests are edited, and how soon an edit counts.

    python bench/manifest_edit.py [SERVICES]

SERVICES are in one file; a probe on the loop measures how late it wakes. Beside it stands the same without
an edit, since other work on the machine shows there too.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from clusterdns.cluster import Table
from clusterdns.cluster.manifests import ManifestSettings, ManifestSource

PROBE_SECONDS = 0.001
QUIET_SECONDS = 0.3
SMALL_FILE_SERVICES = 290

SERVICE = """---
apiVersion: v1
kind: Service
metadata:
  name: web-{number}
  namespace: {namespace}
  labels: {{app: web-{number}, tier: backend}}
spec:
  clusterIP: 10.{network}.{high}.{low}
  selector:
    app: web-{number}
  ports:
  - name: http
    port: {port}
    targetPort: 8080
  - name: metrics
    port: 9090
    targetPort: metrics
"""


def manifest(count: int, *, namespace: str, network: int, port: int = 80) -> str:
    return "".join(
        SERVICE.format(
            number=number,
            namespace=namespace,
            network=network,
            high=number >> 8,
            low=number & 255,
            port=port,
        )
        for number in range(count)
    )


async def probe(lags: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(PROBE_SECONDS)
        lags.append(time.perf_counter() - began - PROBE_SECONDS)


async def measure(table: Table, lags: list[float], what: str, *, path: Path, text: str) -> None:
    await asyncio.to_thread(path.write_text, text, encoding="utf-8")
    lags.clear()
    began = last = time.perf_counter()
    generation, first = table.rows.generation, None
    while first is None or time.perf_counter() - last < QUIET_SECONDS:
        await asyncio.sleep(0.002)
        if table.rows.generation != generation:
            generation, last = table.rows.generation, time.perf_counter()
            first = first or last - began
    report(what, lags, f"first {first * 1e3:5.0f} ms, last {(last - began) * 1e3:5.0f} ms")


def report(what: str, lags: list[float], times: str) -> None:
    lags.sort()
    p99 = lags[len(lags) * 99 // 100] * 1e3
    print(
        f"{what:32} loop late by p50 {lags[len(lags) // 2] * 1e3:.2f}, p99 {p99:.2f}, "
        f"most {lags[-1] * 1e3:.2f} ms; {times}"
    )


async def main(services: int, folder: Path) -> None:
    big, small = folder / "big.yaml", folder / "small.yaml"
    text = manifest(services, namespace="big", network=1)
    big.write_text(text, encoding="utf-8")
    table = Table()
    began = time.perf_counter()
    async with ManifestSource(table, ManifestSettings(paths=(str(folder),))):
        print(
            f"{services:,} Services in {len(text) / 1e6:.1f} MB loaded in {time.perf_counter() - began:.2f} s"
        )
        lags: list[float] = []
        probing = asyncio.create_task(probe(lags))
        await asyncio.sleep(1)
        report("no edit", lags, "")
        await measure(
            table, lags, "one Service of all", path=big, text=text.replace("port: 80\n", "port: 81\n", 1)
        )
        few = manifest(SMALL_FILE_SERVICES, namespace="small", network=2)
        await measure(table, lags, f"a new file of {len(few) // 1000} kB", path=small, text=few)
        few = few.replace("port: 80\n", "port: 81\n")
        await measure(table, lags, "everything in that file", path=small, text=few)
        text = manifest(services, namespace="big", network=1, port=82)
        await measure(table, lags, "every Service", path=big, text=text)
        probing.cancel()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, Path(name)))
