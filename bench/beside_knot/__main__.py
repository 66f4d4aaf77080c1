"""Run it: see the package."""

import argparse
import os
import platform
import shutil
import statistics
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.beside_knot.kinds import at_full_load, at_rates, of_sizes
from bench.beside_knot.load import Kind, ask
from bench.beside_knot.names import Cluster
from bench.beside_knot.servers import knot, ours

ROUNDS: Final = 9
SERVICES: Final = 10_000
SIZES: Final = (60, 600, 6_000, 60_000, 400_000)
"""Services that make about 100, 1,000, 10,000, 100,000 and 1,000,000 records."""

NEEDED: Final = ("knotd", "dnsperf", "taskset")


def main() -> int:
    options = _options()
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing or (os.cpu_count() or 1) < 2:
        print(f"not measured: {' and '.join(missing) or 'a second core'} is missing", file=sys.stderr)
        return 0
    print(f"{platform.machine()}, Python {platform.python_version()}")
    for services in SIZES if options.sizes else (options.services,):
        kinds = of_sizes if options.sizes else at_rates if options.rates else at_full_load
        _compare(Cluster(services), kinds, options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="microseconds of CPU a query, beside Knot DNS")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--services", type=int, default=SERVICES)
    parser.add_argument("--rates", action="store_true", help="at 500, 2,000 and 10,000 queries a second")
    parser.add_argument("--sizes", action="store_true", help="the same names in clusters of different sizes")
    parser.add_argument("--only", default="", help="kinds whose name has this in it")
    return parser.parse_args()


def _compare(
    cluster: Cluster, kinds: Callable[[Cluster], Iterable[Kind]], options: argparse.Namespace
) -> None:
    print(f"{cluster.services:,} Services, {options.rounds} rounds; µs of CPU a query: median (quartiles)")
    print(f"{'':40}{'clusterdns':>22}{'Knot':>22}{'ratio':>8}{'lost':>8}", flush=True)
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(TemporaryDirectory())) for _ in range(2)]
        servers = [
            stack.enter_context(serve(cluster, folder))
            for serve, folder in zip((ours, knot), folders, strict=True)
        ]
        for kind in kinds(cluster):
            if options.only in kind.name:
                _print(kind, servers, options.rounds)


def _print(kind: Kind, servers: list[tuple[int, int]], rounds: int) -> None:
    """Alternate between the servers; every round has a number of its own, the first is not counted."""
    spent: list[list[float]] = [[], []]
    lost = [0, 0]
    for number in range(rounds + 1):
        for place, (port, pid) in enumerate(servers):
            found = ask(kind, 2 * number + place, port=port, pid=pid)
            if number:
                spent[place].append(found.microseconds)
                lost[place] += found.lost
    ratio = statistics.median(spent[0]) / statistics.median(spent[1])
    figures = "".join(f"{_figure(each):>22}" for each in spent)
    print(f"{kind.name:40}{figures}{ratio:8.2f}{lost[0]:8}", flush=True)


def _figure(values: list[float]) -> str:
    if len(values) < 2:
        return f"{values[0]:.1f}"
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


if __name__ == "__main__":
    sys.exit(main())
