"""The built site under the deployed headers, before a fake league, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from sandbox.site import Site
from tests.frontend.fake_league import FakeLeague


@contextmanager
def serving(folder: Path, league: FakeLeague) -> Iterator[str]:
    """The address of a site on `folder`, whose API is `league`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app, access_log=None)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def stop() -> None:
        for runner in reversed(runners):
            await runner.cleanup()

    try:
        api = asyncio.run_coroutine_threadsafe(start(league.application()), loop).result(20)
        site = Site(folder, api, lambda: datetime.now(UTC))
        yield asyncio.run_coroutine_threadsafe(start(site.application()), loop).result(20)
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
