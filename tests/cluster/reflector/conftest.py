"""The tests of what follows an API server run on a loop whose clock jumps."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from clusterdns.testing.virtual_time import VirtualTimeLoop
from testbed.apiserver import ApiServer
from testbed.following import Scene


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    del config, item
    return {"virtual": VirtualTimeLoop}


@pytest.fixture
async def scene(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Scene]:
    caplog.set_level(logging.INFO, "clusterdns")
    async with ApiServer(clock=asyncio.get_running_loop().time) as server:
        yield Scene(server)
