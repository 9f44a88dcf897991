"""Linked accounts and the first day in the fake league."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from chalicelib.domain.account import Refusal
from chalicelib.domain.account_words import Status, reason_of
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.import_words import ImportStatus
from chalicelib.domain.key_texts import check_key
from chalicelib.domain.own_windows import Reason
from chalicelib.entrypoints import accounts_api as accounts
from chalicelib.entrypoints import first_day_api as first
from chalicelib.entrypoints import profile_answers as profiles
from chalicelib.entrypoints.owner_answers import NotRankedAnswer
from tests.frontend.fake_answers import answered, problem
from tests.frontend.fake_me import asked_by, asker
from tests.frontend.fake_session import nothing

if TYPE_CHECKING:
    from tests.frontend.fake_league import FakeLeague

PEM = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA8bQXk0wqz\n-----END PUBLIC KEY-----\n"
API_KEY = "a" * 64
SECRET_KEY = "b" * 64


@dataclass
class FakeAccounts:
    """What is linked, what becomes of the next key, and what was sent; a test changes these."""

    linked: list[accounts.AccountAnswer] = field(default_factory=list)
    next_states: list[Status] = field(default_factory=lambda: [Status.CHECKING, Status.IMPORTING])
    """The states of the newest account, one for each time it is looked at; the last one stays."""
    refusal: Refusal = Refusal.CAN_TRADE
    sent: list[accounts.LinkBody] = field(default_factory=list)
    no_board: bool = False
    ranked: bool = False

    def link(self, *states: Status) -> None:
        """Link accounts that stand so."""
        for state in states:
            self.linked.append(account(f"A{len(self.linked)}", state, self.refusal))


def account(number: str, state: Status, refusal: Refusal, percent: int = 40) -> (
    accounts.AccountAnswer
):  # fmt: skip
    """An account that stands so."""
    wrong = state in (Status.REFUSED, Status.KEY_REVOKED, Status.PERMISSIONS_WIDENED)
    found = reason_of(refusal)
    imported = None
    if state in (Status.CHECKING, Status.IMPORTING, Status.LIVE, Status.STALE):
        done = state in (Status.LIVE, Status.STALE)
        imported = accounts.ImportAnswer(
            state=ImportStatus.DONE if done else ImportStatus.RUNNING,
            percent=100 if done else percent,
            detail="Up to 90 days from before you joined are being brought in.",
        )
    return accounts.AccountAnswer(
        id=number, exchange="binance", state=state, imported=imported,
        since="2026-11-23T08:41:00Z" if state is not Status.REFUSED else None,
        linked_at="2026-11-23T08:40:00Z",
        reasons=[accounts.ReasonAnswer(code=found.code, detail=found.detail)] if wrong else [],
    )  # fmt: skip


class AccountRoutes:
    """/me/accounts and /me/first-day."""

    def __init__(self, league: FakeLeague) -> None:
        """`league` has the accounts."""
        self._league = league

    def add_to(self, app: web.Application) -> None:
        """Put the routes into the application."""
        app.router.add_get("/me/accounts", self.all)
        app.router.add_post("/me/accounts", self.link)
        app.router.add_post("/me/accounts/key-pair", self.key_pair)
        app.router.add_delete("/me/accounts/{id}", self.unlink)
        app.router.add_get("/me/first-day", self.first_day)

    @property
    def _accounts(self) -> FakeAccounts:
        return self._league.accounts

    async def all(self, request: web.Request) -> web.Response:
        """His accounts; the newest one gets on."""
        asker(self._league, request)
        known = self._accounts
        if known.linked and known.sent:
            state = known.next_states[0]
            if len(known.next_states) > 1:
                known.next_states.pop(0)
            known.linked[-1] = account(known.linked[-1].id, state, known.refusal)
        return answered(accounts.AccountsAnswer(our_addresses=[], accounts=known.linked))

    async def link(self, request: web.Request) -> web.Response:
        """A key is taken and checked."""
        _, asked = await asked_by(self._league, request, accounts.LinkBody)
        check_key("binance", asked.api_key, "API key")
        if asked.api_key == "c" * 64:
            raise InvalidRequest("the API key is one that this league does not like")
        self._accounts.sent.append(asked)
        self._accounts.link(Status.CHECKING)
        return answered(self._accounts.linked[-1], 202)

    async def key_pair(self, request: web.Request) -> web.Response:
        """A pair."""
        await asked_by(self._league, request, accounts.KeyPairBody)
        made = accounts.KeyPairAnswer(
            key_pair_id="P1",
            public_key=PEM,
            expires_at="2026-11-24T09:13:00Z",
            detail="Register it.",
        )
        return answered(made, 201)

    async def unlink(self, request: web.Request) -> web.Response:
        """The account is unlinked."""
        asker(self._league, request)
        for place, each in enumerate(self._accounts.linked):
            if each.id == request.match_info["id"]:
                gone = account(each.id, Status.UNLINKED, self._accounts.refusal)
                self._accounts.linked[place] = gone
                return nothing()
        return problem(404, "there is no such account of yours")

    async def first_day(self, request: web.Request) -> web.Response:
        """The way to a rank."""
        asker(self._league, request)
        known = self._accounts
        windows = first.FirstWindowsAnswer(
            day=_window(24, known.ranked),
            week=_window(168, known.ranked),
            month=_window(720, False),
        )
        answer = first.FirstDayAnswer(
            as_of="2026-11-23T09:00:00Z", accounts=known.linked,
            windows=None if known.no_board else windows, line=_line(),
        )  # fmt: skip
        return answered(answer)


def _window(hours: int, ranked: bool) -> first.FirstWindowAnswer:
    if ranked:
        return first.FirstWindowAnswer(
            rank=14, ranked=152, ranked_at=None, ranked_in_s=None, not_ranked=[],
            preview_pct=None, would_stand=None,
        )  # fmt: skip
    until = f"2026-{'11-24' if hours == 24 else '11-30' if hours == 168 else '12-23'}T08:00:00Z"
    short = NotRankedAnswer(
        reason=Reason.SHORT_HISTORY, detail="Your record is younger than this window.", until=until
    )
    small = NotRankedAnswer(
        reason=Reason.SMALL_START,
        detail="You had less than 100 USDT at the start of this window.",
        until=None,
    )
    endless = hours == 720
    return first.FirstWindowAnswer(
        rank=None, ranked=152, ranked_at=None if endless else until,
        ranked_in_s=None if endless else hours * 3600 - 48 * 60,
        not_ranked=[short, small] if endless else [short],
        preview_pct="4.50", would_stand=21,
    )  # fmt: skip


def _line() -> profiles.PerformanceAnswer:
    last = date(2026, 11, 23)
    days = [
        profiles.DayAnswer(
            date=last - timedelta(days=30 - n), cumulative_pct=f"{n * 0.15:.2f}",
            btc_pct=f"{n * 0.05:.2f}", imported=n < 30,
        )
        for n in range(31)
    ]  # fmt: skip
    return profiles.PerformanceAnswer(first=last - timedelta(days=30), last=last, days=days)
