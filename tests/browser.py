"""A browser on the API: keeps cookies by their path, and sends our own header."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from typing import Any

from chalice.test import Client, HTTPResponse

from app import app
from chalicelib import wiring
from chalicelib.services.known_switches import KnownSwitches
from chalicelib.services.link_ports import KeyVault
from tests.contract.stores import Stores
from tests.lobby import Lobby

OWN = {"X-League-Request": "1"}


@dataclass
class Browser:
    """Talks to the app in this process from one address."""

    client: Client
    address: str = "192.0.2.1"
    cookies: dict[str, "Morsel[str]"] = field(default_factory=dict)

    def post(
        self, path: str, content: object = None, token: str | None = None, **headers: str | None
    ) -> HTTPResponse:
        """The answer to a POST of that JSON (or of a text as it is); header names with _ for -,
        None leaves one out."""
        text = content if isinstance(content, str) else json.dumps(content or {})
        sent: dict[str, str | None] = {**OWN, "Content-Type": "application/json"}
        sent |= {"CloudFront-Viewer-Address": f"{self.address}:4711"}
        sent |= {"Authorization": f"Bearer {token}"} if token is not None else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if jar := self._cookies(f"/api{path}"):
            sent.setdefault("Cookie", jar)
        kept = {name: value for name, value in sent.items() if value is not None}
        response = self.client.http.post(path, headers=kept, body=text.encode())
        self.keep(response)
        return response

    def get(self, path: str, token: str | None = None) -> HTTPResponse:
        """The answer to a GET."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return self.client.http.get(path, headers=headers)

    def delete(self, path: str, token: str | None = None) -> HTTPResponse:
        """The answer to a DELETE."""
        headers = {**OWN, "CloudFront-Viewer-Address": f"{self.address}:4711"}
        headers |= {"Authorization": f"Bearer {token}"} if token is not None else {}
        return self.client.http.delete(path, headers=headers)

    def json(self, path: str, content: object = None, token: str | None = None) -> Any:  # noqa: ANN401
        """The JSON of a good answer; None where there is no content."""
        response = self.post(path, content, token)
        assert response.status_code < 300, response.body
        return response.json_body if response.body else None

    def _cookies(self, path: str) -> str:
        fitting = (each for each in self.cookies.values() if path.startswith(each["path"]))
        return "; ".join(f"{each.key}={each.value}" for each in fitting)

    def keep(self, response: HTTPResponse) -> None:
        """Take in the cookies of an answer."""
        for name, each in SimpleCookie(response.headers.get("Set-Cookie", "")).items():
            if each["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = each


@contextmanager
def browsing(
    lobby: Lobby,
    stores: Stores | None = None,
    vault: KeyVault | None = None,
    switches: KnownSwitches | None = None,
    site: str | None = None,
) -> Iterator[Browser]:
    """A browser on the API over that lobby; other stores may take the place of its fakes."""
    of = stores or lobby.fakes
    named = {name: getattr(of, name) for name in wiring.Stores.__slots__}
    wiring.use(
        wiring.Stores(**named),
        lambda: lobby.now,
        people=lobby.people,
        machine=lambda: lobby.pool.now,
        vault=vault or lobby.fakes.vault,
        switches=switches,
        site=site,
    )
    try:
        with Client(app) as client:
            yield Browser(client)
    finally:
        wiring.use()
