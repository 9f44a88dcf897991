"""The session routes of the fake league: its members, their passwords, cookies and tokens.

Every code, mailed or of an app, is CODE. Cookies change with each use, as the API's do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web
from pydantic import ValidationError

from chalicelib.domain.account import Visibility
from chalicelib.domain.credentials import checked_email, checked_password
from chalicelib.domain.errors import InvalidRequest
from chalicelib.domain.names import checked_name
from chalicelib.entrypoints import session_bodies as bodies
from chalicelib.entrypoints.bodies import OWN_HEADER, Body
from tests.frontend.fake_answers import answered, problem

if TYPE_CHECKING:
    from tests.frontend.fake_league import FakeLeague

NAME = "quiet_harbour"
EMAIL = "quiet@example.org"
PASSWORD = "salt and anchor"
CODE = "123456"
COOKIE = "league_refresh"
B = TypeVar("B", bound=Body)


@dataclass
class Member:
    """Somebody who has signed up."""

    name: str
    email: str
    password: str
    has_app: bool = False
    new_email: str = ""
    shown: Visibility = field(default_factory=Visibility)


@dataclass
class FakeMembers:
    """Who there is and who is signed in; a test changes the fields."""

    people: dict[str, Member] = field(default_factory=lambda: {NAME: Member(NAME, EMAIL, PASSWORD)})
    waiting: dict[str, Member] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def begin(self, name: str) -> tuple[str, str]:
        """A new session: its cookie and its token."""
        self.count += 1
        cookie, token = f"cookie-{self.count}", f"token-{self.count}"
        self.cookies[cookie] = self.tokens[token] = name
        return cookie, token

    def end_all(self) -> None:
        """Every session is over, as after a new password elsewhere."""
        self.cookies.clear()
        self.tokens.clear()

    def holder(self, login: str) -> Member | None:
        """Who signs in with that name or address."""
        wanted = login.strip().casefold()
        for each in self.people.values():
            if wanted in (each.name.casefold(), each.email):
                return each
        return None

    def asker(self, request: web.Request) -> Member | None:
        """Whose token came with the request."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.people.get(self.tokens.get(token, ""))


class SessionRoutes:
    """POST /session/…"""

    def __init__(self, league: FakeLeague) -> None:
        """`league` has the members."""
        self._league = league

    def add_to(self, app: web.Application) -> None:
        """Put the routes into the application."""
        for name in ("sign_up", "confirm", "resend", "sign_in", "refresh", "sign_out", "forgot"):
            app.router.add_post(f"/session/{name.replace('_', '-')}", getattr(self, name))
        app.router.add_post("/session/reset", self.reset)

    @property
    def _members(self) -> FakeMembers:
        return self._league.members

    async def sign_up(self, request: web.Request) -> web.Response:
        """Wait for the code, unless the name is taken."""
        asked = await read(self._league, request, bodies.SignUpBody)
        if isinstance(asked, web.Response):
            return asked
        try:
            name, email = checked_name(asked.name), checked_email(asked.email)
            checked_password(asked.password, name=name, email=email)
        except InvalidRequest as error:
            return problem(400, str(error))
        taken = {each.casefold() for each in (*self._members.people, *self._members.waiting)}
        if name.casefold() in taken:
            return problem(409, f"the name {name!r} is taken; take another")
        self._members.waiting[name] = Member(name, email, asked.password)
        return answered(bodies.CodeSentAnswer(detail="If that can be, a code is on its way."), 202)

    async def confirm(self, request: web.Request) -> web.Response:
        """The sign-up is a member's from now on."""
        asked = await read(self._league, request, bodies.ConfirmBody)
        if isinstance(asked, web.Response):
            return asked
        if asked.code != CODE or asked.name not in self._members.waiting:
            return problem(400, "the code is not the right one, or too old; ask for a new one")
        self._members.people[asked.name] = self._members.waiting.pop(asked.name)
        return answered(bodies.ConfirmedAnswer(name=asked.name))

    async def resend(self, request: web.Request) -> web.Response:
        """Said whether or not there is anyone."""
        asked = await read(self._league, request, bodies.ResendBody)
        if isinstance(asked, web.Response):
            return asked
        return answered(bodies.CodeSentAnswer(detail="If that can be, a code is on its way."), 202)

    async def sign_in(self, request: web.Request) -> web.Response:
        """A session or a challenge."""
        asked = await read(self._league, request, bodies.SignInBody)
        if isinstance(asked, web.Response):
            return asked
        if asked.challenge is not None:
            if asked.code != CODE:
                return problem(400, "the code is not the right one, or too old; ask for a new one")
            return self._session(asked.challenge)
        found = self._members.holder(asked.login or "")
        if found is None or found.password != asked.password:
            return problem(401, "the name, address or password is not right, or not confirmed yet")
        if found.has_app:
            return answered(bodies.SessionAnswer(challenge=found.name))
        return self._session(found.name)

    async def refresh(self, request: web.Request) -> web.Response:
        """The next token; the cookie is used up."""
        if refused := self._league.refused(request) or not_own(request):
            return refused
        name = self._members.cookies.pop(request.cookies.get(COOKIE, ""), None)
        if name is None:
            return problem(401, "the session is over; sign in again")
        return self._session(name)

    async def sign_out(self, request: web.Request) -> web.Response:
        """The cookie's session is over."""
        if refused := self._league.refused(request) or not_own(request):
            return refused
        self._members.cookies.pop(request.cookies.get(COOKIE, ""), None)
        return nothing()

    async def forgot(self, request: web.Request) -> web.Response:
        """Said whether or not there is anyone."""
        asked = await read(self._league, request, bodies.ForgotBody)
        if isinstance(asked, web.Response):
            return asked
        return answered(bodies.CodeSentAnswer(detail="If that can be, a code is on its way."), 202)

    async def reset(self, request: web.Request) -> web.Response:
        """A new password; all sessions end."""
        asked = await read(self._league, request, bodies.ResetBody)
        if isinstance(asked, web.Response):
            return asked
        try:
            checked_password(asked.password)
        except InvalidRequest as error:
            return problem(400, str(error))
        found = self._members.holder(asked.login)
        if asked.code != CODE or found is None:
            return problem(400, "the code is not the right one, or too old; ask for a new one")
        found.password = asked.password
        self._members.end_all()
        return nothing()

    def _session(self, name: str) -> web.Response:
        cookie, token = self._members.begin(name)
        made = answered(bodies.SessionAnswer(access_token=token, expires_in_s=900, name=name))
        path = "/api/session"
        made.set_cookie(
            COOKIE, cookie, path=path, httponly=True, secure=True, samesite="Strict", max_age=9999
        )
        return made


async def read(league: FakeLeague, request: web.Request, model: type[B]) -> B | web.Response:
    """The body of a request for a change, or why it is refused."""
    if refused := league.refused(request) or not_own(request):
        return refused
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        return problem(400, f"the body cannot be used: {error.errors()[0]['msg']}")


def not_own(request: web.Request) -> web.Response | None:
    """The refusal of a request without our header."""
    if request.headers.get(OWN_HEADER):
        if request.content_type != "application/json":
            return problem(415, "send the body as JSON, with Content-Type: application/json")
        return None
    return problem(403, f"send the header {OWN_HEADER}: 1 with this request")


def nothing() -> web.Response:
    """Done, with nothing to say."""
    return web.Response(status=204, headers={"Cache-Control": "no-store"})
