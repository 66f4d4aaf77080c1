"""What `hosts` tells of itself."""

import os
from pathlib import Path

from clusterdns.telemetry.metrics import metrics_of
from clusterdns.testing.chain import running
from clusterdns.testing.contexts import FakeContext
from clusterdns_plugins.hosts import plugin

COREFILE = ". {\n  hosts table {\n    192.0.2.1 a\n    reload 0\n  }\n}\n"


async def read(root: Path) -> dict[tuple[str, ...], float]:
    context = FakeContext(root=root)
    async with running(COREFILE, plugin, context=context):
        return {
            (family.name, *labels): series.value
            for family in metrics_of(context).families()
            for labels, series in family.series()
        }


async def test_entries_are_those_of_the_file_and_the_corefile(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_text("192.0.2.2 b c\n")
    os.utime(path, (1234.5, 1234.5))
    assert await read(tmp_path) == {
        ("coredns_hosts_entries", str(path)): 6,  # three names with an address, three addresses with a name
        ("coredns_hosts_reload_timestamp_seconds",): 1234.5,
    }


async def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    values = await read(tmp_path)
    assert values["coredns_hosts_reload_timestamp_seconds",] == 0
    assert values["coredns_hosts_entries", str(tmp_path / "table")] == 2
