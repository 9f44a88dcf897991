"""The site server in front of a small API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from sandbox.site import SECURITY_HEADERS, Site

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
LONG = "x" * 5000


@dataclass
class _World:
    """A clock and an API that counts what reaches it."""

    time: datetime = NINE
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    cache_control: str = "public, max-age=60"
    body: str = '{"traders": []}'

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        self.bodies.append(await request.read())
        seen_as = request.headers.get("Authorization", "visitor")
        headers = {"Cache-Control": self.cache_control, "ETag": '"v1"', "X-Seen-As": seen_as}
        return web.Response(text=self.body, content_type="application/json", headers=headers)


Browser = TestClient[web.Request, web.Application]
Steps = Callable[[Browser, _World], Awaitable[None]]


@pytest.fixture
def site_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Board</title>")
    (folder / "assets" / "board-1a2b.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("not for the site")
    return folder


@asynccontextmanager
async def _browser(folder: Path, world: _World) -> AsyncIterator[Browser]:
    api = web.Application()
    api.router.add_route("*", "/{path:.*}", world.answer)
    async with TestServer(api) as server:
        site = Site(folder, str(server.make_url("/")), lambda: world.time)
        async with TestClient(TestServer(site.application())) as browser:
            yield browser


def _run(folder: Path, steps: Steps) -> None:
    async def run() -> None:
        world = _World()
        async with _browser(folder, world) as browser:
            await steps(browser, world)

    asyncio.run(run())


def test_the_api_is_asked_once_until_its_answer_is_old(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        await browser.get("/api/board?window=7d")
        world.time += timedelta(seconds=30)
        again = await browser.get("/api/board?window=7d")
        assert again.headers["Age"] == "30"
        assert len(world.asked) == 1
        assert world.asked[0].path_qs == "/board?window=7d"
        world.time += timedelta(seconds=30)
        await browser.get("/api/board?window=7d")
        assert len(world.asked) == 2

    _run(site_folder, steps)


def test_a_request_reaches_the_api_as_it_was_sent(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        await browser.get("/api/board", headers={"Accept": "application/json"})
        assert "Content-Type" not in world.asked[0].headers
        assert world.asked[0].headers["Accept"] == "application/json"
        assert world.asked[0].headers["CloudFront-Viewer-Address"].startswith("127.0.0.1:")
        await browser.post("/api/session/sign-in", json={"name": "ada"})
        assert world.asked[1].content_type == "application/json"
        assert world.bodies[1] == b'{"name": "ada"}'

    _run(site_folder, steps)


def test_shared_links_are_answered_by_the_api_for_everyone_alike(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        me = {"Accept": "image/avif,*/*;q=0.8", "Authorization": "Bearer one"}
        for path in ("/s/ada.b", "/s/ada.b/card.png", "/s/card.png"):
            assert (await browser.get(path, headers=me)).headers["X-Seen-As"] == "visitor"
        asked = [(each.path_qs, each.headers["Accept"]) for each in world.asked]
        assert asked == [
            ("/traders/ada.b/card", "text/html"),
            ("/traders/ada.b/card.png", "image/png"),
            ("/traders/card.png/card", "text/html"),
        ]
        assert (await browser.get("/s/ada.b?from=chat")).headers["X-Cache"] == "Hit"
        assert (await browser.get("/s/a/b")).status == 404

    _run(site_folder, steps)


def test_what_the_owner_got_is_never_given_to_a_visitor(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        owner = await browser.get("/api/traders/ada", headers={"Authorization": "Bearer one"})
        visitor = await browser.get("/api/traders/ada")
        assert owner.headers["X-Seen-As"] == "Bearer one"
        assert visitor.headers["X-Seen-As"] == "visitor"

    _run(site_folder, steps)


def test_a_private_answer_is_not_kept(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        world.cache_control = "private, no-store"
        await browser.get("/api/me")
        await browser.get("/api/me")
        assert len(world.asked) == 2

    _run(site_folder, steps)


def test_a_current_copy_is_answered_with_304_and_no_body(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        answer = await browser.get("/api/board", headers={"If-None-Match": '"v1"'})
        assert answer.status == 304
        assert await answer.read() == b""

    _run(site_folder, steps)


def test_long_answers_are_packed_for_who_can_unpack_them(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        world.body = LONG
        packed = await browser.get("/api/board", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["ETag"] == 'W/"v1"'
        assert await packed.text() == LONG
        plain = await browser.get("/api/board", headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert await plain.text() == LONG

    _run(site_folder, steps)


def test_every_answer_carries_the_security_headers(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        for path in ("/", "/assets/board-1a2b.js", "/nowhere", "/api/board"):
            answer = await browser.get(path)
            assert SECURITY_HEADERS.items() <= dict(answer.headers).items(), path
            assert "unsafe" not in answer.headers["Content-Security-Policy"]

    _run(site_folder, steps)


def test_hashed_files_are_kept_for_ever_and_pages_are_asked_for_again(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        page, script = await browser.get("/"), await browser.get("/assets/board-1a2b.js")
        assert page.headers["Cache-Control"] == "no-cache"
        assert "immutable" in script.headers["Cache-Control"]
        assert "Board" in await page.text()

    _run(site_folder, steps)


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"])
def test_nothing_outside_the_folder_is_served(site_folder: Path, path: str) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        answer = await browser.get(path)
        assert answer.status == 404

    _run(site_folder, steps)


def test_a_dead_api_is_a_problem_document(site_folder: Path) -> None:
    async def run() -> None:
        site = Site(site_folder, f"http://127.0.0.1:{unused_port()}", lambda: NINE)
        async with TestClient(TestServer(site.application())) as browser:
            answer = await browser.get("/api/board")
            assert answer.status == 502
            assert answer.content_type == "application/problem+json"

    asyncio.run(run())


def test_letters_are_shown_as_a_page_and_as_json(site_folder: Path) -> None:
    letter = {"to": "ada@example.org", "subject": "<b>", "text": "Your code is 1.", "sent_at": "-"}

    async def letters(request: web.Request) -> web.Response:
        kept = [letter] if request.query["to"] in ("", "ada@example.org") else []
        return web.json_response({"letters": kept})

    async def run() -> None:
        cloud = web.Application()
        cloud.router.add_get("/sandbox/inbox", letters)
        async with TestServer(cloud) as server:
            site = Site(site_folder, "http://127.0.0.1:9", lambda: NINE, str(server.make_url("/")))
            async with TestClient(TestServer(site.application())) as browser:
                page = await browser.get("/sandbox/inbox")
                assert page.content_type == "text/html"
                assert "&lt;b&gt;" in await page.text()
                assert "<b>" not in await page.text()
                found = await browser.get("/sandbox/inbox.json?to=ada@example.org")
                assert await found.json() == {"letters": [letter]}
                assert found.headers["Cache-Control"] == "no-store"
                none = await browser.get("/sandbox/inbox.json?to=bob@example.org")
                assert await none.json() == {"letters": []}

    asyncio.run(run())


def test_the_files_of_the_hours_come_out_of_the_bucket(site_folder: Path) -> None:
    async def stored(request: web.Request) -> web.Response:
        headers = {"Cache-Control": "public, max-age=60", "ETag": '"e"'}
        found = request.match_info["name"] == "latest.json"
        return web.Response(text="{}", headers=headers, status=200 if found else 404)

    async def run() -> None:
        cloud = web.Application()
        cloud.router.add_get("/league-site/hours/{name}", stored)
        async with TestServer(cloud) as server:
            site = Site(site_folder, "http://127.0.0.1:9", lambda: NINE, str(server.make_url("/")))
            async with TestClient(TestServer(site.application())) as browser:
                found = await browser.get("/hours/latest.json")
                assert (found.status, await found.text()) == (200, "{}")
                assert found.headers["Cache-Control"] == "public, max-age=60"
                assert "Content-Security-Policy" in found.headers
                for name in ("none.json", "..%2fsecret.txt"):
                    assert (await browser.get(f"/hours/{name}")).status == 404

    asyncio.run(run())


def test_our_own_header_and_the_cookie_reach_the_api_and_come_back(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        sent = {"X-League-Request": "1", "Cookie": "league_refresh=x"}
        await browser.post("/api/session/refresh", headers=sent, data=b"{}")
        [asked] = world.asked
        assert sent.items() <= dict(asked.headers).items()
        assert asked.headers["CloudFront-Viewer-Address"] == "127.0.0.1:0"

    _run(site_folder, steps)


def test_a_huge_body_is_a_problem_document(site_folder: Path) -> None:
    async def steps(browser: Browser, world: _World) -> None:
        answer = await browser.post("/api/session/sign-in", data=BytesIO(b"x" * 2_000_000))
        assert (answer.status, answer.content_type) == (413, "application/problem+json")
        assert "more than" in (await answer.json())["detail"]
        assert world.asked == []

    _run(site_folder, steps)
