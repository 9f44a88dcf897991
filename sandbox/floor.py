"""The floor the demo plays on: exchange time, accounts at the exchange, membership in the league.

Joining, linking and leaving go through the league's API; money and orders through the exchange.
Nothing is written past them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from chalicelib.domain.account import SEATS_PER_SHARD, AccountState
from chalicelib.domain.errors import NotFound
from chalicelib.services.ports import Accounts
from sandbox.demo import AccountPart
from sandbox.demo_actor import Actor, open_actor
from sandbox.entrance import Door, Member, password_of
from sandbox.exchange.client import AdminClient
from sandbox.waiting import wait_until

SECONDS_TO_GO_LIVE = 30


class ExchangeClock:
    """Exchange time: known here while it stands, since only we move it then; asked for once it
    runs."""

    def __init__(self, bank: AdminClient) -> None:
        self._bank = bank
        self._at_ms = bank.now()
        self._running = False

    def now_ms(self) -> int:
        """Exchange time in ms."""
        return self._bank.now() if self._running else self._at_ms

    def now(self) -> datetime:
        """Exchange time."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def run_from(self, at: datetime) -> None:
        """Let exchange time jump to `at` and run on by itself."""
        self._bank.post("clock", set=round(at.timestamp() * 1000), run=True)
        self._running = True

    def move_to(self, at_ms: int) -> None:
        """Let exchange time jump forward to `at_ms`; earlier instants are passed already."""
        if at_ms > self._at_ms:
            self._bank.set_time(at_ms)
            self._at_ms = at_ms


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """One demo account in the league; each is only itself."""

    actor: Actor
    member: Member
    account_id: str


class Floor:
    """Brings demo traders in and out."""

    def __init__(
        self,
        address: str,
        *,
        bank: AdminClient,
        clock: ExchangeClock,
        door: Door,
        accounts: Accounts,
        seed: int,
    ) -> None:
        """`address` is the exchange's. In `accounts` it is looked up how far a link is."""
        self._address = address
        self._bank = bank
        self._clock = clock
        self._door = door
        self._accounts = accounts
        self._seed = seed
        self._members: dict[str, Member] = {}

    def link(self, name: str, part: AccountPart) -> Linked:
        """Open the account at the exchange and link it now; the trader joins with his first."""
        actor = open_actor(
            name,
            part.strategy(),
            part.balances,
            bank=self._bank,
            address=self._address,
            clock=self._clock.now_ms,
            dice=Random(f"{self._seed}/{name}/{part.linked}"),
        )
        member = self._member(name)
        if not part.own_pair:
            return Linked(actor, member, member.link(actor.league_key))
        key_pair_id, public_key = member.key_pair()
        registered = self._bank.post("keys", uid=actor.uid, public_key=public_key)
        return Linked(actor, member, member.link_pair(key_pair_id, str(registered["key"])))

    def _member(self, name: str) -> Member:
        if name not in self._members:
            password = password_of(self._seed, name)
            member = Member(self._door, name, password, len(self._members) + 1)
            member.join()
            self._members[name] = member
        return self._members[name]

    def shards(self) -> int:
        """How many shards there are seats in."""
        return -(-len(self._members) // SEATS_PER_SHARD)

    def wait_live(self, linked: Sequence[Linked]) -> None:
        """Return once ingest follows all of these accounts. Raises WaitedTooLong naming one
        that it does not follow."""
        for each in linked:
            wait_until(
                lambda each=each: self._state(each) is AccountState.LIVE,  # type: ignore[misc]
                f"the account of {each.actor.name} at ingest",
                seconds=SECONDS_TO_GO_LIVE,
                every=0.02,
            )

    def _state(self, linked: Linked) -> AccountState | None:
        try:
            return self._accounts.get(linked.account_id).state
        except NotFound:
            return None

    def unlink(self, linked: Linked) -> None:
        """Take the account out of the league now."""
        linked.member.unlink(linked.account_id)
