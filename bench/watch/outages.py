"""An API server that is away: later, at the start, and halfway through a list."""

import socket
import time

from bench.watch.asker import Answer, Expected, packet_of
from bench.watch.figure import Figure, Part, seconds
from bench.watch.lab import Place
from bench.watch.subject import last_of, subject
from clusterdns.dns.constants import Rcode
from clusterdns.dns.edns import ExtendedErrorCode, OptionCode
from clusterdns.dns.reader import read_message
from testbed.wire import edns_query

DOWN_SECONDS = 20.0
REFUSED_SECONDS = 30.0
GIVEN_SECONDS = 60.0


def down(place: Place) -> Figure:
    """Stopped for 20 s, and a Service changes meanwhile."""
    with place.lab() as lab:
        time.sleep(2)
        lab.api.call("stop")
        time.sleep(DOWN_SECONDS / 2)
        question = lab.change()
        time.sleep(DOWN_SECONDS / 2)
        lab.api.call("start")
        found = lab.asker.until(question, seconds=GIVEN_SECONDS)
    return seconds(found, aim=5.0, given=GIVEN_SECONDS)


def refused(place: Place) -> Figure:
    """The server starts while connections are refused, and they are for 30 s."""
    with place.api() as (api, folder):
        api.call("stop")
        with subject(place.kind, folder, options=f"endpoint {api.url}") as server:
            time.sleep(REFUSED_SECONDS)
            api.call("start")
            found = server.asker.until(last_of(place.size), seconds=GIVEN_SECONDS)
    return seconds(found, aim=10.0, given=GIVEN_SECONDS)


def other_zones(place: Place) -> Figure:
    """The server starts without an API server: how soon `hosts` answers, and what the cluster's zone says."""
    web = Expected(packet=packet_of("web.other.test."), answer=Answer(0, frozenset({"10.9.9.9"})))
    with place.api() as (api, folder):
        api.call("stop")
        began = time.perf_counter()
        with subject(place.kind, folder, options=f"endpoint {api.url}") as server:
            answered = server.asker.until(web, seconds=GIVEN_SECONDS)
            found = None if answered is None else time.perf_counter() - began
            said = _cluster_says(server.port)
    figure = seconds(found, aim=0.5, given=GIVEN_SECONDS)
    text = f"{figure.text}, cluster zone: {said}"
    return Figure(text=text, within=figure.within and said == NOT_READY)


def _cluster_says(port: int) -> str:
    """The rcode of a name in the cluster's zone, and the extended error, if there is one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.sendto(edns_query("service-1.ns-1.svc.cluster.local"), ("127.0.0.1", port))
        try:
            message = read_message(client.recv(4096))
        except TimeoutError:
            return "silent"
    option = message.edns.option(OptionCode.EXTENDED_ERROR) if message.edns else None
    return _said(message.rcode, None if option is None else int.from_bytes(option[:2]))


def _said(rcode: int, error: int | None) -> str:
    return Rcode(rcode).name + ("" if error is None else f", extended error {error}")


NOT_READY = _said(Rcode.SERVFAIL, ExtendedErrorCode.NOT_READY)


def unfinished(place: Place) -> Figure:
    """No streaming list gets its last bookmark. From the start of the process."""
    with place.api() as (api, folder):
        api.call("no_final_bookmark")
        began = time.perf_counter()
        with subject(place.kind, folder, options=f"endpoint {api.url}") as server:
            last = server.asker.until(last_of(place.size), seconds=GIVEN_SECONDS)
            found = None if last is None else time.perf_counter() - began
    return seconds(found, aim=30.0, given=GIVEN_SECONDS)


PARTS = (
    Part(name="down", what="API server down 20 s, to right after it is back", aim="≤ 5 s", measure=down),
    Part(name="refused", what="right after 30 s of refused connections", aim="≤ 10 s", measure=refused),
    Part(
        name="other-zones",
        what="API down at start: other zones answered after",
        aim="≤ 0.5 s, error 14",
        measure=other_zones,
    ),
    Part(
        name="unfinished", what="streaming list without its last bookmark", aim="≤ 30 s", measure=unfinished
    ),
)
