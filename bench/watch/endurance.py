"""Half an hour of nothing; half an hour of twenty changes a second, or two minutes of ten times as many."""

import random
import time
from collections import defaultdict, deque
from itertools import pairwise
from typing import Any, NamedTuple, Self

from bench.watch.asker import Expected, expected
from bench.watch.cluster import Document, address, cluster_ip, endpoint, namespace_of, service
from bench.watch.figure import Figure, Part
from bench.watch.lab import Lab, Place
from bench.watch.metrics import Metrics
from bench.watch.process import descriptors, memory

IDLE_SECONDS = 1800.0
SOAK_SECONDS = 1800.0
SOAK_RATE = 20
FAST_SECONDS = 120.0
FAST_RATE = 200
WARM_SHARE = 0.2
BEFORE_END_SECONDS = 3.0
SPARE_ADDRESSES = 5000
SETTLE_SECONDS = 2.0
AIM_GROWTH = 1.03
MOST_REQUESTS = 2
"""That may be under way by chance: an audit, a look for a namespace."""
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
    """Random changes: Services come, go and move; endpoints of slices come, go and move.

    The cluster keeps its size: memory that grows is the server's.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._random = random.Random(1)
        found: list[Document] = lab.api.call("objects", "EndpointSlice")
        self._slices = [one for one in found if one["endpoints"]]
        self._most = [len(one["endpoints"]) for one in self._slices]
        spare = range(lab.size.endpoints, lab.size.endpoints + SPARE_ADDRESSES)
        self._free = deque(map(address, spare))
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
            moved = cluster_ip(number, turn=self._turn % 16)
            self._lab.api.call("put", service(name, namespace, cluster_ip=moved))

    def _change_slice(self) -> None:
        at = self._random.randrange(len(self._slices))
        document, most = self._slices[at], self._most[at]
        endpoints: list[Document] = document["endpoints"]
        full = len(endpoints) >= most
        if full:
            gone = endpoints.pop(self._random.randrange(len(endpoints)))
            self._free.extend(gone["addresses"])
        if not full or self._random.random() < 0.5:
            endpoints.append(self._endpoint(document["metadata"]))
        document["metadata"].pop("resourceVersion", None)
        self._lab.api.call("put", document)

    def _endpoint(self, metadata: Document) -> Document:
        """It gets the address that has been free for longest, as those of nodes are given to Pods."""
        name, namespace = metadata["labels"]["kubernetes.io/service-name"], metadata["namespace"]
        new = endpoint(self._turn, name, namespace=namespace, hostname="")
        return new | {"addresses": [self._free.popleft()]}


class Held(NamedTuple):
    """Resources of a server at a moment: memory in MB, descriptors, and tasks, or CoreDNS's goroutines."""

    memory: float
    descriptors: int
    tasks: int

    @classmethod
    def by(cls, lab: Lab, metrics: Metrics) -> Self:
        """By a server that was just asked for its metrics, which costs memory the first time."""
        tasks = int(metrics.value("clusterdns_tasks", "go_goroutines"))
        return cls(memory(lab.subject.pid)["rss"], descriptors(lab.subject.pid), tasks)

    def has_grown(self, before: Self) -> bool:
        """A task or descriptor more may be a request that is under way at this moment."""
        return (
            self.memory > before.memory * AIM_GROWTH
            or self.descriptors > before.descriptors + MOST_REQUESTS
            or self.tasks > before.tasks + MOST_REQUESTS
        )


def soak(place: Place, *, seconds: float, rate: int) -> Figure:
    """Changes at a rate, and then every name's answer beside what the API server holds."""
    metrics = Metrics()
    with place.lab(plugins=metrics.plugin) as lab:
        churn = Churn(lab)
        Held.by(lab, metrics)
        _run(churn, seconds=seconds * WARM_SHARE, rate=rate)
        before = Held.by(lab, metrics)
        _run(churn, seconds=seconds * (1 - WARM_SHARE), rate=rate)
        time.sleep(SETTLE_SECONDS)
        after = Held.by(lab, metrics)
        questions = list(_questions(lab))
        wrong = sum(lab.asker.until(one, seconds=1.0) is None for one in questions)
        lists = lab.api.lists()
    text = (
        f"{wrong} of {len(questions):,} names wrong; {before.memory:.1f} → {after.memory:.1f} MB, "
        f"{before.descriptors} → {after.descriptors} descriptors, {before.tasks} → {after.tasks} tasks; "
        f"{lists} lists"
    )
    return Figure(text=text, within=not wrong and not after.has_grown(before))


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
