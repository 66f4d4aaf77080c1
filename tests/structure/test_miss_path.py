"""Whoever follows an ordinary query that nothing is remembered of has few files to read."""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import clusterdns
import clusterdns_plugins
from clusterdns.dns.constants import Rcode, RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.writer import write_message
from clusterdns.testing.serving import Serving, serving

MOST_FILES = 20

FIRST = 9
"""Misses before the ones that are followed: a server that has answered for a while is the ordinary one."""

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tuple(Path(package.__file__ or "").parent for package in (clusterdns, clusterdns_plugins))
TESTING = PACKAGES[0] / "testing"

COREFILE = f"""
cluster.local {{
    bind 127.0.0.1
    errors
    health 127.0.0.1:0
    ready 127.0.0.1:0
    kubernetes {{
        manifests {ROOT / "examples" / "cluster"}
        pods insecure
    }}
    prometheus 127.0.0.1:0
    loadbalance
}}
"""

Trace = Callable[[FrameType, str, Any], Any]


def is_ours(file: str) -> bool:
    path = Path(file)
    return any(package in path.parents for package in PACKAGES) and TESTING not in path.parents


@contextmanager
def noting_files(found: set[str]) -> Generator[None]:
    """Put the name of each file of the packages into `found` of which a line runs meanwhile."""

    def trace(frame: FrameType, event: str, _argument: Any) -> Trace | None:
        file = frame.f_code.co_filename
        if not is_ours(file):
            return None
        if event == "line":
            found.add(file)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


async def files_of_misses(server: Serving, names: Sequence[str], edns: Edns | None) -> set[str]:
    """The files that all misses have in common; whatever else the event loop does meanwhile is in few."""
    missed: list[set[str]] = []
    port = server.endpoint.port
    for name in names:
        found: set[str] = set()
        packet = asking(name, edns)
        with noting_files(found):
            reply = await server.udp(packet, port=port)
        assert read_message(reply).rcode in (Rcode.NOERROR, Rcode.NXDOMAIN)
        missed.append(found)
    return set.intersection(*missed)


def asking(name: str, edns: Edns | None) -> bytes:
    return write_message(Message(question=(Question(Name.from_text(name), RRType.A),), edns=edns))


def spelled(name: str) -> list[str]:
    """`name` in different spellings, of each of which nothing is remembered."""
    return [name[:at] + name[at].upper() + name[at + 1 :] for at in range(15) if name[at].isalpha()]


@pytest.mark.parametrize(
    ("name", "edns", "rcode"),
    [
        pytest.param("web.shop.svc.cluster.local.", None, Rcode.NOERROR, id="a Service's address"),
        pytest.param("web.shop.svc.cluster.local.", Edns(), Rcode.NOERROR, id="the same with EDNS"),
        pytest.param("nope.shop.svc.cluster.local.", None, Rcode.NXDOMAIN, id="no such Service"),
    ],
)
async def test_a_miss_passes_few_files(name: str, edns: Edns | None, rcode: Rcode) -> None:
    async with serving(COREFILE) as server:
        assert read_message(await server.udp(asking(name, None))).rcode == rcode
        spellings = spelled(name)
        await server.udp_replies([asking(each, None) for each in spellings[:FIRST]])
        files = await files_of_misses(server, spellings[FIRST:], edns)
    named = sorted(str(Path(file).relative_to(ROOT)) for file in files)
    assert "clusterdns/answering/router.py" in named, "it was no miss"
    assert len(named) <= MOST_FILES, "\n".join((f"{len(named)} files, at most {MOST_FILES}:", *named))
