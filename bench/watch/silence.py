"""An API server that says nothing: minutes pass until that is told from a quiet cluster."""

import time

from bench.watch.asker import Expected, expected
from bench.watch.cluster import cluster_ip, namespace_of, service
from bench.watch.figure import Figure, Part, seconds
from bench.watch.lab import Lab, Place
from testbed.far_network import can_make, far_network

GIVEN_SECONDS = 400.0
NEW_SERVICES = 20
OLD_SERVICES = 20
ALL_RESOURCES = 3
POLL_SECONDS = 0.25


def dropped(place: Place) -> Figure:
    """Packets of the open connections do not come back any more."""
    if not can_make():
        return Figure(text="takes root, ip and ss", within=False)
    with far_network() as far, place.lab("--host", far.address, within=far.command) as lab:
        time.sleep(2)
        far.drop_connections(lab.api.port)
        found = lab.right_after(seconds=GIVEN_SECONDS)
    return seconds(found, aim=45.0, given=GIVEN_SECONDS)


def silent(place: Place) -> Figure:
    """The open watches say nothing any more, not even that they end. New ones would be fine."""
    with place.lab() as lab:
        time.sleep(2)
        lab.api.call("go_silent")
        found = lab.right_after(seconds=GIVEN_SECONDS)
    return seconds(found, aim=150.0, given=GIVEN_SECONDS)


def no_headers(place: Place) -> Figure:
    """The next watch of each resource is never answered."""
    with place.lab() as lab:
        time.sleep(2)
        lab.api.call("no_headers", "watch", times=ALL_RESOURCES)
        lab.api.call("close_watches")
        found = lab.right_after(seconds=GIVEN_SECONDS)
    return seconds(found, aim=60.0, given=GIVEN_SECONDS)


def emptied(place: Place) -> Figure:
    """All objects are gone and versions begin anew; other Services are made. Both are asked for."""
    with place.lab() as lab:
        time.sleep(2)
        lab.api.call("empty_etcd")
        new, old = _new_services(lab), _old_services()
        began = time.perf_counter()
        new_there = old_gone = None
        while (passed := time.perf_counter() - began) < GIVEN_SECONDS and None in {new_there, old_gone}:
            if new_there is None and _all_right(lab, new):
                new_there = passed
            if old_gone is None and _all_right(lab, old):
                old_gone = passed
            time.sleep(POLL_SECONDS)
    return Figure(
        text=f"new there: {_moment(new_there)}; old gone: {_moment(old_gone)}",
        within=max(new_there or GIVEN_SECONDS, old_gone or GIVEN_SECONDS) <= 180,
    )


def _moment(found: float | None) -> str:
    return f"not in {GIVEN_SECONDS:.0f} s" if found is None else f"{found:.1f} s"


def _new_services(lab: Lab) -> list[Expected]:
    lab.api.call("put", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ns-1"}})
    for number in range(NEW_SERVICES):
        lab.api.call("put", service(f"new-{number}", "ns-1", cluster_ip=cluster_ip(number)))
    return [expected(f"new-{number}.ns-1", cluster_ip(number)) for number in range(NEW_SERVICES)]


def _old_services() -> list[Expected]:
    """Questions for the Services before, whose right answer is that they do not exist."""
    return [expected(f"service-{number}.{namespace_of(number)}") for number in range(OLD_SERVICES)]


def _all_right(lab: Lab, questions: list[Expected]) -> bool:
    return all(lab.asker.ask(one.packet) == one.answer for one in questions)


PARTS = (
    Part(name="dropped", what="packets dropped without RST", aim="≤ 45 s", measure=dropped, slow=True),
    Part(name="silent", what="silent but acknowledged", aim="≤ 150 s", measure=silent, slow=True),
    Part(name="no-headers", what="no headers", aim="≤ 60 s", measure=no_headers, slow=True),
    Part(name="emptied", what="etcd restored empty", aim="≤ 180 s", measure=emptied, slow=True),
)
