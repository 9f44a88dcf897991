"""A league whose door is open: stores in memory, the strict user pool, one machine clock."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from chalicelib.domain.account import Trader
from chalicelib.services.confirm_sign_up import confirm_sign_up
from chalicelib.services.identity_ports import Challenge, People
from chalicelib.services.link_account import Membership
from chalicelib.services.prove_owner import Owner, Proof
from chalicelib.services.sign_in import Entrance, SignedIn, sign_in
from chalicelib.services.sign_up import Application, sign_up
from chalicelib.services.throttling import Gate
from tests.builders import NOON
from tests.fake_identity import FakeMail
from tests.fakes import Fakes
from tests.identity_pool import PASSWORD, StrictPool

EMAIL = "ada@example.org"


@dataclass
class Lobby:
    """What the use cases of signing up and in need; `now` is exchange time."""

    fakes: Fakes = field(default_factory=Fakes)
    pool: StrictPool = field(default_factory=StrictPool)
    mail: FakeMail = field(default_factory=FakeMail)
    now: datetime = NOON
    address: str = "192.0.2.1"

    def __post_init__(self) -> None:
        numbers = count(1)
        self.new_id = lambda: f"01JLOBBY{next(numbers):018}"
        fakes = self.fakes
        self.members = Membership(
            traders=fakes.traders,
            seats=fakes.seats,
            accounts=fakes.accounts,
            ledger=fakes.ledger,
            holdings=fakes.holdings,
            runs=fakes.runs,
            corrections=fakes.corrections,
            new_id=self.new_id,
        )
        self.people = People(self.pool.identity, self.pool.tokens, fakes.throttle, self.mail)

    @property
    def gate(self) -> Gate:
        """A gate at the machine's time now."""
        return Gate(self.fakes.throttle, self.pool.now, self.address)

    @property
    def entrance(self) -> Entrance:
        """The entrance now."""
        return Entrance(self.people, self.members, self.fakes.leases, self.now, self.gate)

    def sign_up(self, name: str = "Ada", email: str = EMAIL, password: str = PASSWORD) -> None:
        """Ask to join."""
        asked = Application(name, email, password)
        sign_up(
            asked,
            self.now,
            self.gate,
            people=self.people,
            traders=self.fakes.traders,
            new_id=self.new_id,
        )

    def confirm(self, name: str = "Ada", code: str | None = None) -> Trader:
        """Confirm with a code, or with the newest letter's."""
        return confirm_sign_up(
            name,
            code or self.pool.code(),
            self.now,
            self.gate,
            people=self.people,
            members=self.members,
            leases=self.fakes.leases,
        )

    def join(self, name: str = "Ada", email: str = EMAIL) -> Trader:
        """Sign up and confirm."""
        self.sign_up(name, email)
        return self.confirm(name, self.pool.code(email))

    def sign_in(self, login: str = "Ada", password: str = PASSWORD) -> SignedIn:
        """A session, no second factor being set."""
        answer = sign_in(login, password, self.entrance)
        assert isinstance(answer, SignedIn)
        return answer

    def challenge(self, login: str = "Ada") -> Challenge:
        """The question for the second factor."""
        answer = sign_in(login, PASSWORD, self.entrance)
        assert isinstance(answer, Challenge)
        return answer

    def owner(self, login: str = "Ada") -> Owner:
        """Somebody who has just signed in."""
        made = self.sign_in(login)
        return Owner(made.trader.trader_id, made.session.access_token)


PROOF = Proof(PASSWORD)
