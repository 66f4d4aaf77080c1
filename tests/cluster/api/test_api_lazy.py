"""Who watches no cluster loads neither aiohttp nor yaml; who needs no kubeconfig loads no yaml."""

import subprocess
import sys

import pytest

HEAVY = '[name for name in ("aiohttp", "yaml") if name in sys.modules]'

USED = """
import asyncio
from clusterdns.cluster.api import ApiClient, ApiSettings
async def use():
    async with ApiClient(ApiSettings(endpoints=("http://127.0.0.1:1",))):
        pass
asyncio.run(use())
"""


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        pytest.param("import clusterdns.cluster.api", [], id="imported"),
        pytest.param(USED, ["aiohttp"], id="entered"),
    ],
)
def test_what_is_loaded(code: str, loaded: list[str]) -> None:
    program = f"{code}\nimport sys\nprint({HEAVY})"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(loaded)
