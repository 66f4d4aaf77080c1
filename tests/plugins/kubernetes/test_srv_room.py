"""SRV records of a Service with more endpoints than a message holds: made as far as there is room."""

import pytest

from clusterdns.cluster.manifests import ManifestSettings
from clusterdns.plugin import Transport
from clusterdns.testing.chain import running
from clusterdns.testing.cluster import Cluster
from clusterdns.testing.contexts import FakeContext, fake_client
from clusterdns_plugins.kubernetes import plugin as kubernetes

COREFILE = "cluster.local {\n  kubernetes {\n    manifests somewhere\n  }\n}\n"
MOST_OCTETS = 65535


async def asked(count: int) -> tuple[list[str], int]:
    """The data of the SRV records, and how many addresses came with them."""
    cluster = Cluster()
    cluster.headless("shop/db", *(f"10.8.{place // 256}.{place % 256}" for place in range(count)))
    context = FakeContext(backends={ManifestSettings: cluster})
    async with running(COREFILE, kubernetes, context=context) as chain:
        reply = await chain.ask(
            "db.shop.svc.cluster.local", "SRV", client=fake_client(transport=Transport.TCP)
        )
    (answer,) = reply.answer
    return [rdata.to_text() for rdata in answer.rdatas], sum(len(rrset.rdatas) for rrset in reply.additional)


@pytest.mark.parametrize(
    ("count", "weight"), [(1, 100), (3, 33), (50, 2), (51, 1), (100, 1), (101, 1), (150, 1)], ids=str
)
async def test_the_weight_is_an_equal_share_of_100_and_at_least_1(count: int, weight: int) -> None:
    records, addresses = await asked(count)
    assert {record.split()[1] for record in records} == {str(weight)}
    assert len(records) == addresses == count


async def test_one_record_more_than_fits_is_made_and_no_addresses() -> None:
    records, addresses = await asked(3000)
    octets = [18 + len(record.split()[3]) + 1 for record in records]
    assert sum(octets[:-1]) <= MOST_OCTETS < sum(octets)
    assert addresses == 0
