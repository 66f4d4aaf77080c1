"""Half an hour of nothing; half an hour of twenty changes a second, or two minutes of ten times as many."""

import random
import time
from collections import defaultdict
from itertools import pairwise
from typing import Any

from bench.watch.asker import Expected, expected
from bench.watch.cluster import MOST_IN_SLICE, Document, cluster_ip, endpoint, namespace_of, service
from bench.watch.figure import Figure, Part
from bench.watch.lab import Lab, Place
from bench.watch.process import descriptors, memory

IDLE_SECONDS = 1800.0
SOAK_SECONDS = 1800.0
SOAK_RATE = 20
FAST_SECONDS = 120.0
FAST_RATE = 200
WARM_SHARE = 0.2
BEFORE_END_SECONDS = 3.0
AIM_GROWTH = 1.03
MOST_BY_UDP = 28
"""Addresses of a name that fit into 512 octets."""


def idle(place: Place) -> Figure:
    """Watches that were begun again before the time that they were asked for had passed, and lists."""
    with place.lab() as lab:
        time.sleep(5)
        lists = lab.api.lists()
        time.sleep(60 if place.quick else IDLE_SECONDS)
        requests = lab.api.requests()
        lists = lab.api.lists() - lists
    early = sum(map(_early, _watches(requests).values()))
    return Figure(text=f"{early} reconnects, {lists} lists", within=not early and not lists)


def _watches(requests: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    by_resource: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in requests:
        if one["verb"] == "watch":
            by_resource[one["resource"]].append(one)
    return by_resource


def _early(watches: list[dict[str, Any]]) -> int:
    """Leaves out a watch that follows a streaming list: that is no reconnect where a server needs both."""
    return sum(
        later["time"] - first["time"] < int(first["params"].get("timeoutSeconds", "0")) - BEFORE_END_SECONDS
        for first, later in pairwise(watches)
        if "sendInitialEvents" not in first["params"]
    )


class Churn:
    """Random changes: Services come, go and move; endpoints of slices come, go and move."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._random = random.Random(1)
        self._slices: list[Document] = lab.api.call("objects", "EndpointSlice")
        self._turn = 0

    def change(self) -> None:
        self._turn += 1
        if self._random.random() < 0.4:
            self._change_service()
        else:
            self._change_slice()

    def _change_service(self) -> None:
        number = self._random.randrange(1, self._lab.size.ordinary, 5)  # no headless one
        name, namespace = f"service-{number}", namespace_of(number)
        if self._random.random() < 0.3:
            self._lab.api.call("delete", "Service", namespace, name)
        else:
            address = cluster_ip(number, turn=self._turn % 16)
            self._lab.api.call("put", service(name, namespace, cluster_ip=address))

    def _change_slice(self) -> None:
        document = self._random.choice(self._slices)
        endpoints: list[Document] = document["endpoints"]
        if endpoints and self._random.random() < 0.5:
            endpoints.pop(self._random.randrange(len(endpoints)))
        if len(endpoints) < MOST_IN_SLICE:
            name = document["metadata"]["labels"]["kubernetes.io/service-name"]
            namespace, number = document["metadata"]["namespace"], 200_000 + self._turn % 50_000
            endpoints.append(endpoint(number, name, namespace=namespace, hostname="", turn=self._turn % 31))
        if len(endpoints) > MOST_IN_SLICE // 2 and document["metadata"]["name"].startswith("service-"):
            del endpoints[0]
        document["metadata"].pop("resourceVersion", None)
        self._lab.api.call("put", document)


def soak(place: Place, *, seconds: float, rate: int) -> Figure:
    """Changes at a rate, and then every name's answer beside what the API server holds."""
    with place.lab() as lab:
        churn = Churn(lab)
        _run(churn, seconds=seconds * WARM_SHARE, rate=rate)
        before, open_before = memory(lab.subject.pid)["rss"], descriptors(lab.subject.pid)
        _run(churn, seconds=seconds * (1 - WARM_SHARE), rate=rate)
        time.sleep(2)
        after, open_after = memory(lab.subject.pid)["rss"], descriptors(lab.subject.pid)
        questions = list(_questions(lab))
        wrong = sum(lab.asker.until(one, seconds=1.0) is None for one in questions)
        lists = lab.api.lists()
    text = (
        f"{wrong} of {len(questions):,} names wrong; {before:.0f} → {after:.0f} MB; "
        f"{open_before} → {open_after} descriptors; {lists} lists"
    )
    return Figure(text=text, within=not wrong and after <= before * AIM_GROWTH and open_after <= open_before)


def _run(churn: Churn, *, seconds: float, rate: int) -> None:
    due = time.perf_counter()
    end = due + seconds
    while due < end:
        churn.change()
        due += 1 / rate
        time.sleep(max(0.0, due - time.perf_counter()))


def _questions(lab: Lab) -> list[Expected]:
    """One for every Service that there is or was."""
    addresses: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in lab.api.call("objects", "EndpointSlice"):
        owner = one["metadata"]["namespace"], one["metadata"]["labels"]["kubernetes.io/service-name"]
        addresses[owner] += [
            each for each_endpoint in one["endpoints"] for each in each_endpoint["addresses"]
        ]
    services = {
        (one["metadata"]["namespace"], one["metadata"]["name"]): one["spec"]["clusterIP"]
        for one in lab.api.call("objects", "Service")
    }
    all_names = {(namespace_of(number), f"service-{number}") for number in range(lab.size.ordinary)}
    return [_question(names, services.get(names), addresses[names]) for names in sorted(all_names)]


def _question(names: tuple[str, str], cluster_ip: str | None, endpoints: list[str]) -> Expected:
    namespace, name = names
    found = endpoints if cluster_ip == "None" else [cluster_ip] if cluster_ip else []
    return expected(f"{name}.{namespace}", *found, tcp=len(found) > MOST_BY_UDP)


def fast_soak(place: Place) -> Figure:
    return soak(place, seconds=20 if place.quick else FAST_SECONDS, rate=FAST_RATE)


def long_soak(place: Place) -> Figure:
    return soak(place, seconds=SOAK_SECONDS, rate=SOAK_RATE)


PARTS = (
    Part(name="soak", what="200 changes/s for 2 min", aim="0 wrong, flat", measure=fast_soak),
    Part(name="long-soak", what="20 changes/s for 30 min", aim="0 wrong, flat", measure=long_soak, slow=True),
    Part(name="idle", what="30 idle minutes", aim="0 reconnects", measure=idle, slow=True),
)
