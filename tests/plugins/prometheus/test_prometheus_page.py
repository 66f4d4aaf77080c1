"""The page, from a server that was asked something."""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from clusterdns.corefile import Position
from clusterdns.dns.constants import RRClass, RRType
from clusterdns.dns.edns import Edns
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.writer import write_message
from clusterdns.plugin import AnyPlugin, Context, Next, Plugin, Query, Reply, Reuse
from clusterdns.testing.plugins import plugin_of
from clusterdns.testing.serving import Serving, serving
from clusterdns.testing.web import WebReply, fetch
from clusterdns.web import Page, WebAddress, WebListener, shared_listener
from clusterdns_plugins.prometheus.export import Exporter

COREFILE = """
example.org {
    health
    prometheus 127.0.0.1:0
    errors
    whoami
}
other.org {
    prometheus 127.0.0.1:0 {
        runtime_metrics
    }
    whoami
}
unseen.org {
    whoami
}
"""


async def answers(query: Query, _next: Next, _context: Context) -> Reply:
    if query.name == Name.from_text("bug.example.org."):
        raise ZeroDivisionError
    return Reply(reuse=Reuse())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scraped:
    """A server, and the listener that its metrics are on."""

    server: Serving
    listener: WebListener


def spying(found: list[WebListener]) -> AnyPlugin:
    """A plugin that names the same address as `prometheus`, to get hold of the listener."""
    address = WebAddress(host="127.0.0.1", port=0, position=Position("Corefile", 1, 1))

    def build(_settings: None, context: Context) -> None:
        found.append(shared_listener(context, address))

    return Plugin(name="health", help="", parse=lambda _directive: None, build=build)


@pytest.fixture
async def scraped() -> AsyncIterator[Scraped]:
    found: list[WebListener] = []
    async with serving(COREFILE, plugins=[plugin_of(answers), spying(found)]) as server:
        yield Scraped(server=server, listener=found[0])


async def scrape(scraped: Scraped) -> dict[str, float]:
    """Each series with its labels, and its value."""
    return series_of((await fetch(scraped.listener, "/metrics")).body)


def series_of(body: bytes) -> dict[str, float]:
    lines = [line for line in body.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def packet(name: str, *, rrclass: int = RRClass.IN, edns: Edns | None = None) -> bytes:
    question = Question(Name.from_text(name), RRType.A, rrclass)
    return write_message(Message(id=1, question=(question,), edns=edns))


def responses(zone: str, rcode: str, *, plugin: str = "") -> str:
    labels = f'plugin="{plugin}",rcode="{rcode}",server="dns://:0",view="",zone="{zone}"'
    return f"coredns_dns_responses_total{{{labels}}}"


TYPE_A = 'server="dns://:0",type="A",view="",zone="example.org."'


async def test_answers_and_hits_of_a_block_are_counted(scraped: Scraped) -> None:
    for _ in range(3):
        await scraped.server.udp(packet("a.example.org."))
    await scraped.server.tcp(packet("b.example.org.", edns=Edns(flags=0x8000)))
    series = await scrape(scraped)
    assert series[responses("example.org.", "NOERROR", plugin="errors")] == 4
    assert series['clusterdns_packet_cache_hits_total{proto="udp",server="dns://:0"}'] == 2
    scope = 'server="dns://:0",view="",zone="example.org."'
    assert series[f"coredns_dns_do_requests_total{{{scope}}}"] == 1
    assert [
        series[f'coredns_dns_requests_total{{family="1",proto="{proto}",{TYPE_A}}}']
        for proto in ("udp", "tcp")
    ] == [3, 1]
    assert series[f'coredns_dns_request_size_bytes_sum{{proto="udp",{scope}}}'] == 3 * len(
        packet("a.example.org.")
    )
    assert series[f'coredns_dns_response_size_bytes_bucket{{le="100",proto="udp",{scope}}}'] == 3
    assert series[f'coredns_dns_request_duration_seconds_bucket{{le="+Inf",{scope}}}'] == 4


@pytest.mark.parametrize(
    ("query", "rcode"),
    [
        pytest.param(packet("a.example.org.", rrclass=RRClass.CH), "REFUSED", id="class"),
        pytest.param(packet("nowhere."), "REFUSED", id="no block"),
        pytest.param(packet("bug.example.org."), "SERVFAIL", id="bug"),
    ],
)
async def test_what_no_block_answered_is_dropped(scraped: Scraped, query: bytes, rcode: str) -> None:
    await scraped.server.udp(query)
    series = await scrape(scraped)
    assert series[responses("dropped", rcode)] == 1
    assert series["coredns_panics_total"] == (rcode == "SERVFAIL")
    assert sum(value for name, value in series.items() if "dns_responses_total" in name) == 1


@pytest.mark.parametrize(
    ("query", "rcode"),
    [
        pytest.param(packet("a.example.org.")[:-1], "FORMERR", id="malformed"),
        pytest.param(packet("a.example.org.", edns=Edns(version=1)), "BADVERS", id="version of EDNS"),
        pytest.param(b"\0\1\x20\0" + packet("a.example.org.")[4:], "NOTIMP", id="operation"),
    ],
)
async def test_what_is_no_valid_query_counts_apart(scraped: Scraped, query: bytes, rcode: str) -> None:
    await scraped.server.udp(query)
    series = await scrape(scraped)
    labels = f'proto="udp",rcode="{rcode}",server="dns://:0"'
    assert series[f"clusterdns_invalid_queries_total{{{labels}}}"] == 1
    assert not [name for name in series if "dns_responses_total" in name]


async def test_a_block_without_the_plugin_is_not_counted(scraped: Scraped) -> None:
    await scraped.server.udp(packet("a.unseen.org."))
    assert not [name for name in await scrape(scraped) if "responses_total" in name]


async def test_plugins_are_enabled_where_they_answer(scraped: Scraped) -> None:
    enabled = [name for name in await scrape(scraped) if name.startswith("coredns_plugin_enabled")]
    found = {tuple(re.findall(r'(?:name|zone)="([^"]*)"', name)) for name in enabled}
    assert found == {
        ("prometheus", "example.org."),
        ("errors", "example.org."),
        ("whoami", "example.org."),
        ("prometheus", "other.org."),
        ("whoami", "other.org."),
    }


async def test_the_process_and_the_runtime_are_there(scraped: Scraped) -> None:
    series = await scrape(scraped)
    assert series["process_resident_memory_bytes"] > 0
    assert {"coredns_build_info", "python_info", "python_gc_collections_total"} <= {
        name.partition("{")[0] for name in series
    }


async def test_tasks_are_counted_until_they_end(scraped: Scraped) -> None:
    before = (await scrape(scraped))["clusterdns_tasks"]
    waiting = [asyncio.create_task(asyncio.Event().wait()) for _ in range(7)]
    assert (await scrape(scraped))["clusterdns_tasks"] == before + 7
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    assert (await scrape(scraped))["clusterdns_tasks"] == before


async def ask(scraped: Scraped, **headers: str) -> WebReply:
    return await fetch(
        scraped.listener, "/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


async def test_who_takes_gzip_gets_it(scraped: Scraped) -> None:
    plain, compressed = await ask(scraped), await ask(scraped, Accept_Encoding="deflate, gzip")
    assert "content-encoding" not in plain.headers
    assert compressed.headers["content-encoding"] == "gzip"
    assert series_of(gzip.decompress(compressed.body)).keys() == series_of(plain.body).keys()


async def test_the_format_is_the_text_format(scraped: Scraped) -> None:
    reply = await ask(scraped, Accept="application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert b"\n# TYPE coredns_dns_requests_total counter\n" in reply.body
    assert b"\n# TYPE coredns_dns_request_duration_seconds histogram\n" in reply.body
    assert b"\n# TYPE clusterdns_queries_in_flight gauge\n" in reply.body


async def test_every_series_stands_once(scraped: Scraped) -> None:
    lines = [line for line in (await ask(scraped)).body.decode().splitlines() if not line.startswith("#")]
    names = [line.rpartition(" ")[0] for line in lines]
    assert len(names) == len(set(names))


async def test_one_page_is_made_at_a_time_however_many_ask(
    scraped: Scraped, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, most = 0, 0
    make = Exporter._page

    def counted(exporter: Exporter, *snapshot: Any, **options: Any) -> Page:
        nonlocal making, most
        making += 1
        most = max(most, making)
        page = make(exporter, *snapshot, **options)
        making -= 1
        return page

    monkeypatch.setattr(Exporter, "_page", counted)
    replies = await asyncio.gather(*(ask(scraped) for _ in range(10)))
    assert {reply.status for reply in replies} == {200}
    assert most == 1
