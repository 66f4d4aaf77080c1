"""The plugin over an API server: the same answers as from manifests, and what is said when it is away."""

import asyncio
from pathlib import Path

import pytest

from clusterdns.cluster.api import ApiSettings
from clusterdns.corefile import CorefileErrors, Position
from clusterdns.dns.constants import Rcode
from clusterdns.dns.edns import Edns, ExtendedErrorCode, OptionCode
from clusterdns.dns.message import Message, Question
from clusterdns.dns.name import Name
from clusterdns.dns.reader import read_message
from clusterdns.dns.text import parse_type
from clusterdns.dns.writer import write_message
from clusterdns.server import check
from clusterdns.telemetry.metrics import Metrics
from clusterdns.testing.serving import Serving, configured, serving
from clusterdns_plugins.kubernetes.api_source import ApiBackend, kept_settings
from clusterdns_plugins.kubernetes.config import Settings
from testbed.apiserver import ApiServer

EXAMPLES = Path(__file__).parents[3] / "examples" / "cluster"

QUESTIONS = [
    ("web.shop.svc.cluster.local", "A"),
    ("web.shop.svc.cluster.local", "AAAA"),
    ("WEB.Shop.svc.cluster.local", "SRV"),
    ("_http._tcp.web.shop.svc.cluster.local", "SRV"),
    ("missing.shop.svc.cluster.local", "A"),
    ("web.nowhere.svc.cluster.local", "A"),
    ("shop.svc.cluster.local", "A"),
    ("dns-version.cluster.local", "TXT"),
    ("cluster.local", "SOA"),
    ("10.0.96.10.in-addr.arpa", "PTR"),
    ("1.0.96.10.in-addr.arpa", "PTR"),
    ("kubernetes.default.svc.cluster.local", "A"),
]


def packet(name: str, rtype: str) -> bytes:
    number = parse_type(rtype)
    assert number is not None
    return write_message(Message(id=1, question=(Question(Name.from_text(name), number),), edns=Edns()))


def corefile(body: str) -> str:
    return (
        "cluster.local 10.in-addr.arpa {\n bind 127.0.0.1\n"
        f" kubernetes {{\n{body}\n }}\n}}\nother {{\n bind 127.0.0.1\n whoami\n}}\n"
    )


def without_serial(reply: bytes) -> Message:
    """The reply as a value; serials are times."""
    message = read_message(reply)
    kept = [line for rrset in message.authority for line in rrset.lines() if " SOA " not in line]
    assert len(kept) == 0
    return Message(
        rcode=message.rcode, flags=message.flags, answer=message.answer, additional=message.additional
    )


async def answers(server: Serving) -> list[Message]:
    replies = [await server.udp(packet(*question)) for question in QUESTIONS]
    return [
        without_serial(reply) for reply, (_, rtype) in zip(replies, QUESTIONS, strict=True) if rtype != "SOA"
    ]


async def until_synced(server: Serving) -> None:
    while read_message(await server.udp(packet("nothing.cluster.local", "A"))).rcode == Rcode.SERVFAIL:
        pass


async def test_what_holds_with_manifests_holds_through_the_api_server() -> None:
    async with ApiServer() as api:
        for path in sorted(EXAMPLES.glob("*.yaml")):
            api.load(path.read_text(encoding="utf-8"))
        async with (
            serving(corefile(f"endpoint {api.url}")) as followed,
            serving(corefile(f"manifests {EXAMPLES}")) as read,
        ):
            await until_synced(followed)
            assert await answers(followed) == await answers(read)


async def test_a_change_is_in_the_next_answer() -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"clusterIP": "10.96.0.9", "ports": [{"port": 80}]},
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    async with ApiServer() as api, serving(corefile(f"endpoint {api.url}")) as server:
        await until_synced(server)
        asked = packet("web.shop.svc.cluster.local", "A")
        assert read_message(await server.udp(asked)).rcode == Rcode.NXDOMAIN
        api.put(namespace, service)
        while read_message(await server.udp(asked)).rcode == Rcode.NXDOMAIN:
            pass
        (answer,) = read_message(await server.udp(asked)).answer
        assert answer.to_text() == "web.shop.svc.cluster.local. 5 IN A 10.96.0.9"


async def test_an_object_that_is_not_served_in_full_is_named_where_readiness_is_asked_for() -> None:
    position = Position("Corefile", 1, 1)
    async with ApiServer() as api:
        api.put_raw("Service", "shop", name="web", rest='{"spec":{"clusterIP":"ten"}}')
        settings = Settings(position=position, api=ApiSettings(endpoints=(api.url,)))
        async with ApiBackend(kept_settings(settings), position, Metrics()) as backend:
            async with asyncio.timeout(5):
                while not backend.table.synced:  # noqa: ASYNC110 (nobody tells)
                    await asyncio.sleep(0.002)
            reason = 'spec.clusterIP: expected an IP address, found "ten"'
            assert backend.complaints() == (f"Service shop/web: served without a part: {reason}",)


async def test_without_the_api_server_the_cluster_is_servfail_and_other_zones_answer() -> None:
    async with serving(corefile("endpoint http://127.0.0.1:1")) as server:
        for name in ("web.shop.svc.cluster.local", "1.0.96.10.in-addr.arpa"):
            reply = read_message(await server.udp(packet(name, "PTR")))
            assert reply.rcode == Rcode.SERVFAIL
            assert reply.edns is not None
            error = reply.edns.option(OptionCode.EXTENDED_ERROR)
            assert error is not None
            assert error[:2] == ExtendedErrorCode.NOT_READY.to_bytes(2)
        assert read_message(await server.udp(packet("a.other", "A"))).rcode == Rcode.NOERROR


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("kubeconfig /nonexistent/config", "Corefile:3:2: ", id="kubeconfig"),
        pytest.param("endpoint https://127.0.0.1:1\ntls a b c", "Corefile:3:2: ", id="tls"),
    ],
)
async def test_what_cannot_be_read_is_an_error_with_its_place_at_start_and_in_a_check(
    line: str, message: str
) -> None:
    with pytest.raises(CorefileErrors, match=message):
        check(configured(corefile(line)))
    with pytest.raises(CorefileErrors, match=message):
        async with serving(corefile(line)):
            pass


async def test_outside_a_pod_something_must_be_named_to_start_but_not_to_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    check(configured(corefile("ttl 5")))
    with pytest.raises(CorefileErrors, match="Corefile:3:2: no API server is named and this is no Pod"):
        async with serving(corefile("ttl 5")):
            pass
