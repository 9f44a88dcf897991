"""The routes of the signed-in trader in the fake league."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from chalicelib.domain.account import Audience, TradesView, Visibility
from chalicelib.entrypoints import me_api
from chalicelib.entrypoints.privacy_words import PROMISE, words
from tests.frontend.fake_answers import answered, problem
from tests.frontend.fake_session import Member

if TYPE_CHECKING:
    from tests.frontend.fake_league import FakeLeague

AT_FIRST = Visibility(True, TradesView.GUARDED, Audience.EVERYONE, Audience.EVERYONE)


class MeRoutes:
    """/me"""

    def __init__(self, league: FakeLeague) -> None:
        """`league` has the members."""
        self._league = league

    def add_to(self, app: web.Application) -> None:
        """Put the routes into the application."""
        app.router.add_get("/me", self.me)

    async def me(self, request: web.Request) -> web.Response:
        """Who is signed in."""
        asker = self._asker(request)
        return asker if isinstance(asker, web.Response) else answered(self._me(asker))

    def _asker(self, request: web.Request) -> Member | web.Response:
        if refused := self._league.refused(request):
            return refused
        return self._league.members.asker(request) or problem(401, "sign in first")

    def _me(self, member: Member) -> me_api.MeAnswer:
        shown = AT_FIRST
        return me_api.MeAnswer(
            name=member.name, joined_at="2026-05-04T10:20:00Z", accounts=[], follows=2, followers=7,
            settings=me_api.SettingsAnswer(
                listed=shown.listed, trades=shown.trades, trades_for=shown.trades_for,
                allocation_for=shown.allocation_for,
            ),
            meanings=me_api.MeaningsAnswer(**words(shown)), promise=PROMISE,
            others_see_it_by="2026-11-23T10:00:00Z",
        )  # fmt: skip
