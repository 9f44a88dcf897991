"""The whole way: the site's server and its cache in front of the API, the owner asking first."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from chalice.config import Config
from chalice.local import LocalDevServer

from app import app
from chalicelib.domain.account import Visibility
from chalicelib.domain.visible import VIEWS
from sandbox.site import Site
from tests.integration.test_who_sees_what import TOKENS, league
from tests.read_side import REQUESTED_AT

Browser = TestClient[web.Request, web.Application]
PATHS = [path.replace("{name}", "Ada") for path in VIEWS]
OWNER = {"Authorization": f"Bearer {TOKENS['owner']}"}


@pytest.fixture
def api() -> Iterator[str]:
    """The API on a port of this machine."""
    with league(Visibility()).client():
        server = LocalDevServer(app, Config(), "127.0.0.1", 0)
        thread = Thread(target=server.server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server.server_port}"
        finally:
            server.server.shutdown()
            thread.join()
            server.server.server_close()


def browse(folder: Path, api: str, steps: Callable[[Browser], Awaitable[None]]) -> None:
    """Take these steps in a browser on a new site, whose cache is empty."""

    async def run() -> None:
        site = Site(folder, api, lambda: REQUESTED_AT)
        async with TestClient(TestServer(site.application())) as browser:
            await steps(browser)

    asyncio.run(run())


def test_a_visitor_after_the_owner_gets_what_a_first_visitor_gets(tmp_path: Path, api: str) -> None:
    first: dict[str, bytes] = {}

    async def alone(browser: Browser) -> None:
        for path in PATHS:
            first[path] = await (await browser.get(f"/api{path}")).read()

    async def after(browser: Browser) -> None:
        for path in PATHS:
            own = await browser.get(f"/api{path}", headers=OWNER)
            assert own.headers["Cache-Control"] == "private, no-store"
            assert own.headers["X-Cache"] == "Miss"
            visitor = await browser.get(f"/api{path}")
            assert visitor.headers["X-Cache"] == "Miss"
            assert await visitor.read() == first[path]
            again = await browser.get(f"/api{path}", headers=OWNER)
            assert again.headers["X-Cache"] == "Miss"
            assert await again.read() == await own.read()

    browse(tmp_path, api, alone)
    browse(tmp_path, api, after)


def test_settings_and_follows_change_through_the_site(tmp_path: Path, api: str) -> None:
    own = {**OWNER, "X-League-Request": "1", "Content-Type": "application/json"}

    async def steps(browser: Browser) -> None:
        changed = await browser.patch("/api/me", headers=own, json={"allocation_for": "nobody"})
        assert (await changed.json())["settings"]["allocation_for"] == "nobody"
        profile = await (await browser.get("/api/traders/Ada")).json()
        assert profile["allocation"] is None
        assert (await browser.put("/api/me/follows/Cy", headers=own)).status == 200
        assert (await browser.delete("/api/me/follows/Cy", headers=own)).status == 204
        file = await browser.get("/api/traders/Ada/trades?format=csv", headers=OWNER)
        assert file.headers["Content-Disposition"].startswith('attachment; filename="Ada-trades-')

    browse(tmp_path, api, steps)
