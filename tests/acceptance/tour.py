"""A visitor who does everything there is to do in the league, by the site, in one go."""

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import requests

from sandbox.exchange.client import AdminClient
from sandbox.identity.totp import code, step
from sandbox.standing import Addresses
from sandbox.waiting import wait_until

FIRST, SECOND, THIRD = "correct horse battery", "staple of another kind", "and a third one"


class Tour:
    """One person: his browser, his mailbox, his authenticator app."""

    def __init__(self, addresses: Addresses, name: str) -> None:
        self._site = addresses.site
        self._exchange = addresses.exchange
        self._name = name
        self._browser = requests.Session()
        self._browser.headers["X-League-Request"] = "1"
        self._cookie = ""

    def everything(self, others_email: str, leader: str) -> None:
        """Come in, look around, link, follow, change what can be changed, leave."""
        with self._browser:
            self._come_in(others_email)
            self._link_and_unlink()
            self._look_around(leader)
            self._change_how_to_sign_in()
            self._call("DELETE", "/me", 200, password=THIRD)

    def _come_in(self, others_email: str) -> None:
        mine = f"{self._name}@example.org"
        for email in (others_email, mine):  # whose owner gets a letter; and his own
            name = self._name if email == mine else f"{self._name}_too"
            self._call("POST", "/session/sign-up", 202, name=name, email=email, password=FIRST)
        self._call("POST", "/session/resend", 202, name=self._name)
        self._call("POST", "/session/confirm", 200, name=self._name, code=self._mailed(mine))
        self._call("POST", "/session/forgot", 202, login=mine)
        reset = {"login": mine, "code": self._mailed(mine), "password": SECOND}
        self._call("POST", "/session/reset", 204, **reset)
        self._sign_in(SECOND)
        self._call("POST", "/session/refresh", 200)

    def _link_and_unlink(self) -> None:
        with closing(AdminClient(self._exchange)) as bank:
            opened = bank.open_account({"USDT": "700"})
        self._call("POST", "/me/accounts/key-pair", 201, exchange="binance")
        keys = {"api_key": opened["key"], "secret": opened["secret"]}
        linked = self._call("POST", "/me/accounts", 202, **keys)["id"]

        def follows() -> bool:
            [account] = self._call("GET", "/me/accounts", 200)["accounts"]
            return account["state"] in ("importing", "live")

        wait_until(follows, "the account of the tour", seconds=15)
        for path in ("/me/balance", "/me/first-day", f"/traders/{self._name}/transactions"):
            self._call("GET", path, 200)
        self._call("DELETE", f"/me/accounts/{linked}", 204)

    def _look_around(self, leader: str) -> None:
        self._call("PUT", f"/me/follows/{leader}", None)
        looked_at = ("", "/performance", "/trades")
        for path in ("/me", "/me/follows", "/me/identity", "/board", "/status"):
            self._call("GET", path, 200)
        for path in looked_at:
            self._call("GET", f"/traders/{leader}{path}", 200)
        self._call("DELETE", f"/me/follows/{leader}", None)
        self._call("PATCH", "/me", 200, listed=True, trades="hidden")

    def _change_how_to_sign_in(self) -> None:
        new = f"{self._name}.new@example.org"
        self._call("POST", "/me/email", None, email=new, password=SECOND)
        self._call("POST", "/me/email/confirm", None, code=self._mailed(new))
        secret = self._call("POST", "/me/second-factor", 200, password=SECOND)["secret"]
        self._call("POST", "/me/second-factor/confirm", 204, code=self._app(secret, -1))
        challenge = self._sign_in(SECOND)["challenge"]
        asked = {"challenge": challenge, "code": self._app(secret, 0)}
        self._take(self._call("POST", "/session/sign-in", 200, **asked))
        proof = {"password": SECOND, "code": self._app(secret, 1)}
        self._call("POST", "/me/second-factor/remove", 204, **proof)
        self._call("POST", "/me/password", None, password=SECOND, new_password=THIRD)
        self._sign_in(THIRD)
        self._call("POST", "/session/sign-out", 204)
        self._sign_in(THIRD)

    def _sign_in(self, password: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        asked = {"login": self._name, "password": password}
        self._browser.headers.pop("Authorization", None)
        return self._take(self._call("POST", "/session/sign-in", 200, **asked))

    def _take(self, session: Any) -> Any:  # noqa: ANN401
        if session.get("access_token"):
            self._browser.headers["Authorization"] = f"Bearer {session['access_token']}"
        return session

    def _app(self, secret: str, place: int) -> str:
        """The code before the one shown now, that one, or the next: each is good for one use."""
        return code(secret, step(datetime.now(UTC)) + place)

    def _mailed(self, to: str) -> str:
        """The newest code in his mailbox."""
        asked = self._browser.get(f"{self._site}/sandbox/inbox.json", params={"to": to}, timeout=10)
        letters = [re.findall(r"\b\d{6}\b", each["text"]) for each in asked.json()["letters"]]
        return str(next(codes[0] for codes in letters if codes))

    def _call(self, method: str, path: str, status: int | None, **body: object) -> Any:  # noqa: ANN401
        """What the API answers; with `status` None, anything but a problem will do."""
        answer = self._browser.request(
            method,
            f"{self._site}/api{path}",
            json=body if body or method == "POST" else None,
            headers={"Cookie": self._cookie} if self._cookie else {},
            timeout=20,
        )
        expected = answer.status_code < 300 if status is None else answer.status_code == status
        assert expected, f"{method} {path}: {answer.status_code} {answer.text}"
        if "Set-Cookie" in answer.headers:  # Secure, so the browser would not send it over http
            self._cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer.json() if answer.content else None
