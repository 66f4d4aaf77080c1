"""Faults of an API server that is there: watches that end, credentials that change, events that are lost."""

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

from bench.watch.asker import Asker, Expected, expected
from bench.watch.cluster import cluster_ip, namespace_of, service
from bench.watch.figure import Figure, Part, seconds
from bench.watch.lab import Lab, Place
from bench.watch.subject import subject

EXPIRIES = 4
GIVEN_SECONDS = 60.0
TOKEN_SECONDS = 120.0
CLOSED_EVERY_SECONDS = 5.0
CLOSED_FOR_SECONDS = 60.0
EVENTS = 50
LOST = 10
AUDIT_SECONDS = 30
STEADY_SECONDS = 120.0
WARM_SECONDS = 60.0
AIM_REQUESTS = 0.5


def expiries(place: Place) -> Figure:
    """Each time every watch ends with 410, and a Service changes in the same moment."""
    found: list[float | None] = []
    with place.lab() as lab:
        for _ in range(EXPIRIES):
            time.sleep(3)
            lab.api.call("expire")
            found.append(lab.right_after(seconds=GIVEN_SECONDS))
    text = ", ".join("never" if one is None else f"{one:.1f}" for one in found)
    return Figure(text=f"{text} s", within=all(one is not None and one <= 3 for one in found))


def token(place: Place) -> Figure:
    """The tokenFile is replaced; the server ends watches and accepts the new token only.

    Over TLS: client-go sends no token without.
    """
    with TemporaryDirectory() as name:
        secrets = Path(name)
        certificate, authority = _certificate(secrets)
        with place.api("--certificate", str(certificate)) as (api, folder):
            (secrets / "token").write_text("old", encoding="utf-8")
            kubeconfig = secrets / "kubeconfig"
            kubeconfig.write_text(
                _kubeconfig(api.url, secrets / "token", authority=authority), encoding="utf-8"
            )
            api.accept_tokens("old")
            with subject(place.kind, folder, options=f"kubeconfig {kubeconfig}") as server:
                found = _replace(Lab(api=api, subject=server, size=place.size), secrets / "token")
    return seconds(found, aim=10.0, given=TOKEN_SECONDS)


def _replace(lab: Lab, token: Path) -> float | None:
    lab.wait_synced()
    time.sleep(3)
    token.write_text("new", encoding="utf-8")
    lab.api.accept_tokens("new")
    lab.api.call("close_watches")
    return lab.right_after(seconds=TOKEN_SECONDS)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A server's certificate with its key, and the authority's."""
    authority = trustme.CA()
    certificate, known = folder / "server.pem", folder / "ca.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    authority.cert_pem.write_to_path(str(known))
    return certificate, known


def _kubeconfig(url: str, token: Path, *, authority: Path) -> str:
    cluster = {"server": url, "certificate-authority": str(authority)}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "bench",
            "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
            "clusters": [{"name": "bench", "cluster": cluster}],
            "users": [{"name": "bench", "user": {"tokenFile": str(token)}}],
        }
    )


def closed(place: Place) -> Figure:
    """Every watch is ended after 5 s, for a minute, while a Service changes twice a second."""
    late = 0
    with place.lab() as lab:
        time.sleep(2)
        lists = lab.api.lists()
        for turn in range(int(CLOSED_FOR_SECONDS * 2)):
            if turn % (CLOSED_EVERY_SECONDS * 2) == 0:
                lab.api.call("close_watches")
            took = lab.right_after(seconds=GIVEN_SECONDS)
            late += took is None
            time.sleep(max(0.0, 0.5 - (took or 0.0)))
        lists = lab.api.lists() - lists
    return Figure(text=f"{lists} relists, {late} changes lost", within=not lists and not late)


def lost(place: Place) -> Figure:
    """Of 50 changes the server says nothing of the last 10. From the loss to the last right answer."""
    options = f"audit {AUDIT_SECONDS}s" if place.kind.is_ours else ""
    given = AUDIT_SECONDS * 1.5 + 15
    with place.lab(options=options) as lab:
        time.sleep(2)
        questions = [_move(lab, number) for number in range(1, EVENTS - LOST + 1)]
        lab.api.call("drop_events")
        questions += [_move(lab, number) for number in range(EVENTS - LOST + 1, EVENTS + 1)]
        lab.api.call("heal")
        began = time.perf_counter()
        wrong = _unanswered(lab.asker, questions, seconds=given)
        took = time.perf_counter() - began
    if wrong:
        return Figure(text=f"{wrong} wrong after {given:.0f} s", within=False)
    return Figure(text=f"{took:.0f} s, audit {AUDIT_SECONDS}s", within=True)


def _move(lab: Lab, number: int) -> Expected:
    """Give a Service, headless or not, a ClusterIP of another turn."""
    address = cluster_ip(number, turn=1)
    lab.api.call("put", service(f"service-{number}", namespace_of(number), cluster_ip=address))
    return expected(f"service-{number}.{namespace_of(number)}", address)


def _unanswered(asker: Asker, questions: list[Expected], *, seconds: float) -> int:
    """How many never got their right answer within that time."""
    end = time.perf_counter() + seconds
    return sum(asker.until(one, seconds=max(0.0, end - time.perf_counter())) is None for one in questions)


def steady(place: Place) -> Figure:
    """Requests a second while all get 500, a minute after that began."""
    with place.lab() as lab:
        lab.api.call("status", 500, times=None)
        lab.api.call("close_watches")
        time.sleep(WARM_SECONDS)
        before = len(lab.api.requests())
        time.sleep(STEADY_SECONDS)
        rate = (len(lab.api.requests()) - before) / STEADY_SECONDS
    return Figure(text=f"{rate:.2f} requests/s", within=rate <= AIM_REQUESTS)


PARTS = (
    Part(name="expiries", what="repeated 410s: to the right answer", aim="≤ 3 s each", measure=expiries),
    Part(name="token", what="tokenFile replaced", aim="≤ 10 s", measure=token),
    Part(
        name="closed",
        what="every watch ended after 5 s, for a minute",
        aim="0 relists, 0 lost",
        measure=closed,
    ),
    Part(name="lost", what="10 of 50 events lost, then an audit", aim="one audit", measure=lost),
    Part(name="steady", what="steady failure, all resources together", aim="≤ 0.5/s", measure=steady),
)
