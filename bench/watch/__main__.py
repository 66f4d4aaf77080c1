"""Measure servers that follow an API server, a row a part; * marks a figure that misses its aim.

python -m bench watch                   every part that takes less than some minutes
python -m bench.watch start relist      some parts
python -m bench.watch --slow            those, too, that wait for minutes
chrt -f 10 python -m bench.watch        on a machine that does other things meanwhile
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from typing import Final

from bench.watch import auditing, changing, endurance, faults, outages, relisting, replicas, silence, syncing
from bench.watch.cluster import Size
from bench.watch.figure import Figure, Part
from bench.watch.lab import Place, data
from bench.watch.subject import OURS, Kind, peer

PARTS: Final = (
    *syncing.PARTS,
    *relisting.PARTS,
    *changing.PARTS,
    *silence.PARTS,
    *outages.PARTS,
    *faults.PARTS,
    *endurance.PARTS,
    *replicas.PARTS,
    *auditing.PARTS,
)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.watch",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help=", ".join(part.name for part in PARTS))
    add("--slow", action="store_true", help="those parts, too, that take minutes")
    add("--quick", action="store_true", help="shorter runs, for trying")
    add("--only", choices=("clusterdns", "CoreDNS"), help="measure one of the two")
    add("--services", type=int, default=Size().services)
    add("--endpoints", type=int, default=Size().endpoints)
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - {part.name for part in PARTS}:
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    return options


def chosen(options: argparse.Namespace) -> list[Part]:
    """The parts that are named, else all that are not slow, or all with `--slow`."""
    named = set(options.parts)
    return [part for part in PARTS if (part.name in named if named else options.slow or not part.slow)]


def measured(part: Part, place: Place) -> Figure:
    """The figure of one server. That it does not come up is a figure, too."""
    try:
        return part.measure(place)
    except TimeoutError as error:
        return Figure(text=str(error) or "it took too long", within=False)


def main(arguments: Sequence[str]) -> None:
    options = parse(arguments)
    size = Size(services=options.services, endpoints=options.endpoints)
    kinds: list[Kind] = [kind for kind in (OURS, peer()) if kind and options.only in {None, kind.name}]
    print(f"{size.services:,} Services, {size.endpoints:,} endpoints", flush=True)
    with data(size) as folder:
        gc.collect()
        gc.freeze()
        gc.disable()  # a pause of the asker is not one of the server
        for part in chosen(options):
            print(f"\n{part.name}: {part.what} ({part.aim})", flush=True)
            for kind in kinds if part.peer else (OURS,):
                place = Place(kind=kind, size=size, data=folder, quick=options.quick)
                figure = measured(part, place)
                print(f"  {kind.name:12}{' ' if figure.within else '*'} {figure.text}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
