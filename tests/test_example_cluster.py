"""What `make run` serves: the names that the README and the example's own page say to ask for."""

import re
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from clusterdns.testing.serving import serving

ROOT = Path(__file__).resolve().parents[1]
COREFILE = ROOT / "Corefile.example"

ANSWERS = {
    "web.shop A": ["10.96.12.40"],
    "_http._tcp.web.shop SRV": ["0 100 80 web.shop.svc.cluster.local."],
    "db.shop A": ["10.244.1.20", "10.244.2.20"],
    "db-0.db.shop A": ["10.244.1.20"],
    "_postgres._tcp.db.shop SRV": [
        "0 50 5432 db-0.db.shop.svc.cluster.local.",
        "0 50 5432 db-1.db.shop.svc.cluster.local.",
    ],
    "payments.shop CNAME": ["api.payments.example.com."],
    "cart.shop AAAA": ["fd00:10:96::4d03"],
    "legacy.shop A": ["192.168.50.71", "192.168.50.72"],
    "metrics.kube-system A": [],
    "exporters.monitoring A": ["10.244.1.5", "10.244.2.5"],
    "kubernetes.default A": ["10.96.0.1"],
    "kube-dns.kube-system A": ["10.96.0.10"],
    "_dns._udp.kube-dns.kube-system SRV": ["0 100 53 kube-dns.kube-system.svc.cluster.local."],
}


async def ask(name: str, rtype: str) -> dns.message.Message:
    """Ask a server with the example's Corefile, on a free port, as `make run` would start it."""
    text = COREFILE.read_text().replace(".:1053 {", ".:0 {")
    async with serving(text, file=str(COREFILE)) as server:
        query = dns.message.make_query(name, rtype)
        return dns.message.from_wire(await server.udp(query.to_wire()))


def data(reply: dns.message.Message) -> list[str]:
    """The data of the answer's records, sorted."""
    return sorted(record.to_text() for rrset in reply.answer for record in rrset)


@pytest.mark.parametrize("asked", ANSWERS)
async def test_a_name_of_the_example_is_answered(asked: str) -> None:
    name, rtype = asked.split()
    reply = await ask(f"{name}.svc.cluster.local", rtype)
    assert data(reply) == ANSWERS[asked]
    assert reply.rcode() == (dns.rcode.NOERROR if ANSWERS[asked] else dns.rcode.NXDOMAIN)


@pytest.mark.parametrize(
    ("name", "rtype", "answer"),
    [
        pytest.param("40.12.96.10.in-addr.arpa", "PTR", "web.shop.svc.cluster.local.", id="reverse"),
        pytest.param("10-244-1-17.shop.pod.cluster.local", "A", "10.244.1.17", id="pod"),
        pytest.param("orders.example.internal", "A", "192.168.50.71", id="hosts"),
    ],
)
async def test_the_other_plugins_of_the_example_answer(name: str, rtype: str, answer: str) -> None:
    assert data(await ask(name, rtype)) == [answer]


def test_every_name_on_the_example_s_page_is_tested() -> None:
    page = (ROOT / "examples" / "cluster" / "README.md").read_text()
    listed = {" ".join(match) for match in re.findall(r"(?m)^([\w.-]+) +(A|AAAA|SRV|CNAME) ", page)}
    assert listed
    assert listed <= set(ANSWERS)


def test_make_run_says_to_ask_for_names_that_are_tested() -> None:
    said = re.findall(r"(?m)^\t@echo .*?([\w.-]+)\.svc\.cluster\.local", (ROOT / "Makefile").read_text())
    assert said
    assert set(said) <= {asked.split()[0] for asked in ANSWERS}
