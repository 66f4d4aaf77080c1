"""Run the benchmarks: all of them, or those named. Each is a program of its own, so none warms another.

make bench                 all but the one of ten minutes
make bench ARGS=queries    one
"""

import subprocess
import sys
from typing import Final

BENCHES: Final = {
    "codec": "the wire codec beside dnspython and dnslib, microseconds of CPU a message",
    "queries": "an answer over 10,000 Services, microseconds of CPU a query, sockets left out",
    "metrics": "what counting costs a query, microseconds of CPU",
    "server": "the same over loopback, the whole process",
    "beside_knot": "CPU time of a query beside Knot DNS: python -m bench.beside_knot --help",
    "edits": "answers while manifests are edited, and how soon an edit is answered",
    "watch": "following an API server, and what goes wrong there: python -m bench.watch --help",
    "table_memory": "the service table with 150,000 endpoints",
    "large_objects": "what the largest objects cost the table, and how long the longest turn is",
    "tcp_clients": "2,000 idle TCP clients, and ten that read nothing",
    "tcp_burst": "TCP clients that connect all at once, and 6,000 that never begin TLS",
    "worst_cases": "the dearest messages there are, CPU and memory each",
    "hostile": "ten minutes of a hostile tenant and client: python -m bench.hostile --help",
    "mutated_packets": "a million damaged packets into the reader",
    "mutated_server": "a million damaged packets into a server",
}

ONLY_IF_NAMED: Final = {"beside_knot", "hostile"}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names or [name for name in BENCHES if name not in ONLY_IF_NAMED]:
        print(f"\n== {name}: {BENCHES[name]}", flush=True)
        subprocess.run([sys.executable, "-m", f"bench.{name}"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
