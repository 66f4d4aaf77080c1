"""The polite tenant: moves its Service, and sees how soon that is answered. Prints a line of JSON."""

import argparse
import json
import statistics
import time
from typing import Final

from bench.hostile.rates import POLITE_CHANGES
from bench.watch.apiserver import RemoteServer
from bench.watch.asker import Asker, expected
from bench.watch.cluster import cluster_ip, service

GIVEN_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.005


def change(api: RemoteServer, asker: Asker, turn: int) -> float:
    """Seconds from the API server's word that it has the change to its answer; at most those given."""
    address = cluster_ip(1, turn=turn % 15 + 1)
    api.call("put", service("service-1", "ns-1", cluster_ip=address))
    question, began = expected("service-1.ns-1", address), time.perf_counter()
    while asker.ask(question.packet) != question.answer:
        if time.perf_counter() - began > GIVEN_SECONDS:
            return GIVEN_SECONDS
        time.sleep(POLL_SECONDS)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hostile.neighbour", description=__doc__)
    parser.add_argument("--api", required=True, help="the line that the API server printed")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    seen: list[float] = []
    end = time.perf_counter() + options.seconds
    with RemoteServer(options.api) as api:
        asker = Asker(options.port)
        while time.perf_counter() < end:
            seen.append(change(api, asker, len(seen)))
            time.sleep(max(0.0, 1 / POLITE_CHANGES - seen[-1]))
        asker.close()
    print(json.dumps({"changes": len(seen), "median": statistics.median(seen), "most": max(seen)}))


if __name__ == "__main__":
    main()
