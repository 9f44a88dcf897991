"""The site server: files and `/api` under one address, as the content network serves them.

`/api/…` goes to the API without that prefix, through a cache that keeps to Cache-Control; every
answer carries the same security headers as deployed. Listens on loopback only.

    python -m sandbox.site --port 8080 --api ADDRESS --exchange ADDRESS --cloud ADDRESS FOLDER
"""

import argparse
import hashlib
import http.client
import mimetypes
import time
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from sandbox.cloud import ORIGIN_SECRET, REGION, SITE_BUCKET
from sandbox.edge_cache import Answer, CacheKey, EdgeCache, not_changed
from sandbox.exchange.client import AdminClient
from sandbox.inbox import letters_page

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
FOR_EVER = "public, max-age=31536000, immutable"
ALWAYS_ASK = "no-cache"
_BIGGEST_BODY = 1 << 20
_COMPRESSED_FROM = 1000
_TIME_LIMIT = aiohttp.ClientTimeout(total=30)
_SIGNED = {"Authorization": f"AWS4-HMAC-SHA256 Credential=site/day/{REGION}/s3/aws4_request"}
"""The content network signs what it asks of the bucket; the local one looks at no more."""

_PASSED_ON = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Cookie",
    "User-Agent",
    "X-League-Request",
)
_OF_ONE_HOP = frozenset(
    {"connection", "content-encoding", "content-length", "date", "server", "transfer-encoding"}
)


class Site:
    """The handlers of one site."""

    def __init__(
        self, folder: Path, api: str, now: Callable[[], datetime], cloud: str = ""
    ) -> None:
        """`folder` has the files, `api` is the API's address, `now` ages the cache; `cloud` is
        where letters are kept."""
        self._folder = folder.resolve()
        self._api = api.rstrip("/")
        self._cloud = cloud.rstrip("/")
        self._cache = EdgeCache(now)
        self._session: aiohttp.ClientSession | None = None

    def application(self) -> web.Application:
        """The site as an aiohttp application."""
        app = web.Application(client_max_size=_BIGGEST_BODY)
        app.on_response_prepare.append(_secure)
        app.cleanup_ctx.append(self._open_session)
        app.router.add_route("*", "/api/{path:.*}", self.api)
        app.router.add_get("/s/{trader}", self.card)
        app.router.add_get("/s/{trader}/{part:card\\.png}", self.card)
        app.router.add_get("/hours/{name}", self.hour_file)
        app.router.add_get("/sandbox/inbox", self.inbox)
        app.router.add_get("/sandbox/inbox.json", self.inbox)
        app.router.add_get("/{path:.*}", self.file)
        return app

    async def _open_session(self, _: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(timeout=_TIME_LIMIT) as session:
            self._session = session
            yield

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file of the site. Pages have no ending in their address, and every trader has one."""
        path = self._path(request.match_info["path"])
        status = 200 if path is not None else 404
        path = path or self._folder / "404.html"
        if not path.is_file():
            return web.Response(status=status, text="There is no such page.\n")
        content = path.read_bytes()
        hashed = path.is_relative_to(self._folder / "assets")
        headers = CIMultiDict(
            {
                "Cache-Control": FOR_EVER if hashed else ALWAYS_ASK,
                "Content-Type": _content_type(path),
                "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
            }
        )
        return _respond(request, Answer(status, headers, content), {})

    async def hour_file(self, request: web.Request) -> web.StreamResponse:
        """A public file of an hour, out of the bucket of the site."""
        if self._session is None or not self._cloud:
            raise web.HTTPNotFound
        address = f"{self._cloud}/{SITE_BUCKET}{request.rel_url.raw_path}"
        async with self._session.get(address, headers=_SIGNED) as found:
            if found.status != 200:
                return web.Response(status=404, text="There is no such file.\n")
            kept = ("Cache-Control", "Content-Type", "ETag")
            headers = CIMultiDict({name: found.headers[name] for name in kept})
            return _respond(request, Answer(200, headers, await found.read()), {})

    def _path(self, asked: str) -> Path | None:
        if asked.startswith("t/") and asked.count("/") == 1:
            return self._folder / "trader.html"
        for name in (asked, f"{asked or 'index'}.html"):
            path = (self._folder / name).resolve()
            hidden = path.name.startswith(".")
            if path.is_file() and path.is_relative_to(self._folder) and not hidden:
                return path
        return None

    async def api(self, request: web.Request) -> web.StreamResponse:
        """The API's answer, from the cache while it is fresh there."""
        return await self._from_api(request, request.raw_path, request.headers)

    async def card(self, request: web.Request) -> web.StreamResponse:
        """What a chat shows under a link to a trader: the API's page or picture, the same for
        everyone."""
        _, _, trader, *picture = request.raw_path.partition("?")[0].split("/")
        address = f"/api/traders/{trader}/card" + (".png" if picture else "")
        # the gateway hands a picture only to those who ask for that very kind
        wanted = {"Accept": "image/png" if picture else "text/html"}
        return await self._from_api(request, address, wanted)

    async def _from_api(
        self, request: web.Request, address: str, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        key = CacheKey(address, headers.get("Authorization", ""))
        readable = request.method in ("GET", "HEAD")
        found = self._cache.find(key) if readable else None
        if found is not None:
            return _respond(request, found[0], {"Age": str(found[1]), "X-Cache": "Hit"})
        try:
            answer = await self._ask(request, address, headers)
        except web.HTTPRequestEntityTooLarge:
            return _problem(
                413, f"The body has more than {_BIGGEST_BODY} bytes; nothing here needs as many."
            )
        if request.method == "GET":
            self._cache.keep(key, answer)
        return _respond(request, answer, {"X-Cache": "Miss"})

    async def inbox(self, request: web.Request) -> web.StreamResponse:
        """The letters that would have been sent, as a page or as JSON."""
        if self._session is None or not self._cloud:
            raise web.HTTPNotFound
        address = f"{self._cloud}/sandbox/inbox"
        to = {"to": request.query.get("to", "")}
        async with self._session.get(address, params=to) as answer:
            letters = (await answer.json(content_type=None))["letters"]
        headers = {"Cache-Control": "no-store"}
        if request.path.endswith(".json"):
            return web.json_response({"letters": letters}, headers=headers)
        page = letters_page(letters)
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _ask(self, request: web.Request, address: str, given: Mapping[str, str]) -> Answer:
        headers = {name: given[name] for name in _PASSED_ON if name in given}
        headers["X-Origin-Secret"] = ORIGIN_SECRET
        headers["CloudFront-Viewer-Address"] = f"{request.remote}:0"
        if self._session is None:
            raise web.HTTPServiceUnavailable
        try:
            async with self._session.request(
                request.method,
                self._api + address.removeprefix("/api"),
                headers=headers,
                data=await request.read() or None,  # an empty body would get a type
                allow_redirects=False,
            ) as answer:
                kept = CIMultiDict(answer.headers)
                for name in _OF_ONE_HOP:
                    kept.popall(name, None)
                return Answer(answer.status, kept, await answer.read())
        except (aiohttp.ClientError, TimeoutError):
            problem = b'{"title": "The league does not answer; try again soon", "status": 502}'
            return Answer(502, CIMultiDict({"Content-Type": "application/problem+json"}), problem)


def _content_type(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _problem(status: int, detail: str) -> web.Response:
    title = HTTPStatus(status).phrase
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return web.json_response(content, status=status, content_type="application/problem+json")


def _respond(request: web.Request, answer: Answer, extra: dict[str, str]) -> web.Response:
    headers = CIMultiDict(answer.headers)
    headers.update(extra)
    wanted = request.headers.get("If-None-Match", "")
    if answer.status == 200 and not_changed(wanted, answer.headers.get("ETag")):
        headers.pop("Content-Type", None)
        return web.Response(status=304, headers=headers)
    response = web.Response(status=answer.status, headers=headers, body=answer.body)
    if len(answer.body) >= _COMPRESSED_FROM:
        _compress(request, response)
    return response


def _compress(request: web.Request, response: web.Response) -> None:
    """Pack the body for those who can unpack it; its ETag then only names the content."""
    response.headers.add("Vary", "Accept-Encoding")
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return
    etag = response.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        response.headers["ETag"] = f"W/{etag}"
    response.enable_compression(web.ContentCoding.gzip)


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)
    response.headers.pop("Server", None)


class ExchangeTime:
    """The exchange's clock, asked at most a few times a second."""

    def __init__(self, ask: Callable[[], int], most_age: float = 0.25) -> None:
        """`ask` gives exchange time in ms; `most_age` is in seconds."""
        self._ask = ask
        self._most_age = most_age
        self._known = (-1e9, datetime.fromtimestamp(0, UTC))

    def now(self) -> datetime:
        """Exchange time, as it was at the last question. An exchange that does not answer is
        asked again later."""
        machine = time.monotonic()
        if machine - self._known[0] > self._most_age:
            try:
                asked = datetime.fromtimestamp(self._ask() / 1000, UTC)
            except (OSError, http.client.HTTPException):
                asked = self._known[1]
            self._known = (machine, asked)
        return self._known[1]


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.site")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", required=True)
    parser.add_argument("--exchange", required=True)
    parser.add_argument("--cloud", required=True)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    clock = ExchangeTime(AdminClient(chosen.exchange).now)
    site = Site(chosen.folder, chosen.api, clock.now, chosen.cloud)
    web.run_app(site.application(), host="127.0.0.1", port=chosen.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
