"""On a loop whose clock jumps, waiting costs nothing and misses nothing."""

import asyncio
import time

from clusterdns.testing.virtual_time import run_virtually


def test_a_day_of_waiting_takes_a_moment() -> None:
    async def wait() -> float:
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(86_400)
        return asyncio.get_running_loop().time() - began

    began = time.monotonic()
    assert 86_400 <= run_virtually(wait()) < 86_401
    assert time.monotonic() - began < 5


def test_timers_fire_in_their_order() -> None:
    async def run() -> list[int]:
        fired: list[int] = []

        async def after(seconds: int) -> None:
            await asyncio.sleep(seconds)
            fired.append(seconds)

        await asyncio.gather(*(after(seconds) for seconds in (30, 10, 20)))
        return fired

    assert run_virtually(run()) == [10, 20, 30]


def test_a_time_out_is_one_of_virtual_seconds() -> None:
    async def run() -> bool:
        try:
            async with asyncio.timeout(600):
                await asyncio.Event().wait()
        except TimeoutError:
            return True
        return False

    assert run_virtually(run())


def test_what_is_on_its_way_between_two_sockets_is_waited_for() -> None:
    async def run() -> list[bytes]:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while line := await reader.readline():
                await asyncio.sleep(60)
                writer.write(line)
            writer.close()

        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            lines = []
            for number in range(20):
                writer.write(b"%d\n" % number)
                async with asyncio.timeout(61):
                    lines.append(await reader.readline())
            writer.close()
            await writer.wait_closed()
            await asyncio.sleep(1)
        return lines

    assert run_virtually(run()) == [b"%d\n" % number for number in range(20)]


def test_the_clock_stands_still_while_a_thread_works() -> None:
    async def run() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(1):
            await asyncio.to_thread(time.sleep, 0.05)
        return loop.time() - began

    assert run_virtually(run()) == 0
