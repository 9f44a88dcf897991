"""The routes of the signed-in trader in the fake league: settings, and how he signs in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from chalicelib.domain.account import Audience, TradesView, Visibility
from chalicelib.domain.credentials import checked_email, checked_password
from chalicelib.domain.errors import InvalidRequest
from chalicelib.entrypoints import identity_api, me_api
from chalicelib.entrypoints.bodies import Body
from chalicelib.entrypoints.privacy_words import PROMISE, words
from chalicelib.entrypoints.session_bodies import CodeSentAnswer
from tests.frontend.fake_answers import answered, problem
from tests.frontend.fake_session import CODE, Member, nothing, read

if TYPE_CHECKING:
    from tests.frontend.fake_league import FakeLeague

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
B = TypeVar("B", bound=Body)


@dataclass
class Refused(Exception):
    """The request ends with this answer."""

    answer: web.Response


@web.middleware
async def refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers with what was raised as Refused."""
    try:
        return await handler(request)
    except Refused as refused:
        return refused.answer
    except InvalidRequest as error:
        return problem(400, str(error))


class MeRoutes:
    """/me, /me/identity and what changes these."""

    def __init__(self, league: FakeLeague) -> None:
        """`league` has the members."""
        self._league = league

    def add_to(self, app: web.Application) -> None:
        """Put the routes into the application."""
        app.router.add_get("/me", self.me)
        app.router.add_patch("/me", self.change)
        app.router.add_delete("/me", self.leave)
        app.router.add_get("/me/identity", self.identity)
        app.router.add_post("/me/password", self.password)
        app.router.add_post("/me/email", self.email)
        app.router.add_post("/me/email/confirm", self.confirm_email)
        app.router.add_post("/me/second-factor", self.app_secret)
        app.router.add_post("/me/second-factor/confirm", self.confirm_app)
        app.router.add_post("/me/second-factor/remove", self.remove_app)

    async def me(self, request: web.Request) -> web.Response:
        """Who is signed in."""
        return answered(_me(asker(self._league, request)))

    async def change(self, request: web.Request) -> web.Response:
        """Other settings."""
        member, asked = await self._asked(request, me_api.SettingsBody)
        now = member.shown
        member.shown = Visibility(
            listed=now.listed if asked.listed is None else asked.listed,
            trades=TradesView(asked.trades or now.trades),
            trades_for=Audience(asked.trades_for or now.trades_for),
            allocation_for=Audience(asked.allocation_for or now.allocation_for),
        )
        return answered(_me(member))

    async def leave(self, request: web.Request) -> web.Response:
        """He is no member any more."""
        member, asked = await self._asked(request, me_api.LeaveBody)
        _prove(member, asked.password, asked.code)
        del self._league.members.people[member.name]
        self._league.members.end_all()
        return answered(me_api.LEFT)

    async def identity(self, request: web.Request) -> web.Response:
        """How he signs in."""
        member = asker(self._league, request)
        return answered(
            identity_api.IdentityAnswer(email=member.email, second_factor=member.has_app)
        )

    async def password(self, request: web.Request) -> web.Response:
        """A new password."""
        member, asked = await self._asked(request, identity_api.NewPasswordBody)
        checked_password(asked.new_password)
        _prove(member, asked.password, asked.code)
        member.password = asked.new_password
        self._league.members.end_all()
        return nothing()

    async def email(self, request: web.Request) -> web.Response:
        """A code for the new address."""
        member, asked = await self._asked(request, identity_api.NewEmailBody)
        email = checked_email(asked.email)
        _prove(member, asked.password, asked.code)
        member.new_email = email
        return answered(CodeSentAnswer(detail="If that can be, a code is on its way."), 202)

    async def confirm_email(self, request: web.Request) -> web.Response:
        """The new address counts."""
        member, asked = await self._asked(request, identity_api.CodeBody)
        _check(asked.code)
        member.email = member.new_email
        return nothing()

    async def app_secret(self, request: web.Request) -> web.Response:
        """A secret."""
        member, asked = await self._asked(request, identity_api.ProofBody)
        _prove(member, asked.password, asked.code)
        address = f"otpauth://totp/CoinMarketLeague%3A{member.name}?secret={SECRET}"
        return answered(
            identity_api.SecondFactorAnswer(
                secret=SECRET, address=f"{address}&issuer=CoinMarketLeague"
            )
        )

    async def confirm_app(self, request: web.Request) -> web.Response:
        """The code is asked for from now on."""
        member, asked = await self._asked(request, identity_api.CodeBody)
        _check(asked.code)
        member.has_app = True
        return nothing()

    async def remove_app(self, request: web.Request) -> web.Response:
        """It is asked for no longer."""
        member, asked = await self._asked(request, identity_api.ProofBody)
        _prove(member, asked.password, asked.code)
        member.has_app = False
        return nothing()

    async def _asked(self, request: web.Request, model: type[B]) -> tuple[Member, B]:
        return await asked_by(self._league, request, model)


def asker(league: FakeLeague, request: web.Request) -> Member:
    """Who is signed in. Raises Refused."""
    if refused := league.refused(request):
        raise Refused(refused)
    member = league.members.asker(request)
    if member is None:
        raise Refused(problem(401, "sign in first"))
    return member


async def asked_by(league: FakeLeague, request: web.Request, model: type[B]) -> tuple[Member, B]:
    """Who asks for a change, and for which. Raises Refused."""
    member = league.members.asker(request)
    asked = await read(league, request, model)
    if isinstance(asked, web.Response):
        raise Refused(asked)
    if member is None:
        raise Refused(problem(401, "sign in first"))
    return member, asked


def _check(code: str | None) -> None:
    if code != CODE:
        raise Refused(problem(400, "the code is not the right one, or too old; ask for a new one"))


def _prove(member: Member, password: str, code: str | None) -> None:
    if password != member.password:
        raise Refused(problem(403, "the password is not right"))
    if member.has_app:
        _check(code)


def _me(member: Member) -> me_api.MeAnswer:
    shown = member.shown
    return me_api.MeAnswer(
        name=member.name, joined_at="2026-05-04T10:20:00Z", accounts=[], follows=2, followers=7,
        settings=me_api.SettingsAnswer(
            listed=shown.listed, trades=shown.trades, trades_for=shown.trades_for,
            allocation_for=shown.allocation_for,
        ),
        meanings=me_api.MeaningsAnswer(**words(shown)), promise=PROMISE,
        others_see_it_by="2026-11-23T10:00:00Z",
    )  # fmt: skip
