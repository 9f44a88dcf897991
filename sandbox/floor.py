"""The floor the demo plays on: exchange time, accounts at the exchange, membership in the league.

Joining, linking and leaving go through the product's own use cases; money and orders through the
exchange. Nothing is written past them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from chalicelib.domain.account import SEATS_PER_SHARD, AccountState, ExchangeAccount, Trader
from chalicelib.services.link_account import (
    Membership,
    join_league,
    link_account,
    unlink_account,
)
from chalicelib.services.link_ports import KeyVault
from sandbox.demo import AccountPart
from sandbox.demo_actor import Actor, open_actor
from sandbox.exchange.client import AdminClient
from sandbox.waiting import wait_until

EXCHANGE = "binance"
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
    account: ExchangeAccount


class Floor:
    """Brings demo traders in and out."""

    def __init__(
        self,
        address: str,
        *,
        bank: AdminClient,
        clock: ExchangeClock,
        members: Membership,
        vault: KeyVault,
        seed: int,
    ) -> None:
        """`address` is the exchange's."""
        self._address = address
        self._bank = bank
        self._clock = clock
        self._members = members
        self._vault = vault
        self._seed = seed
        self._traders: dict[str, Trader] = {}

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
        if name not in self._traders:
            self._traders[name] = join_league(name, self._clock.now(), self._members)
        account = link_account(
            self._traders[name],
            actor.league_key,
            exchange=EXCHANGE,
            slot=self._members.accounts.free_slot(),
            now=self._clock.now(),
            vault=self._vault,
            members=self._members,
        )
        return Linked(actor, account)

    def shards(self) -> int:
        """How many shards there are seats in."""
        return -(-len(self._traders) // SEATS_PER_SHARD)

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

    def _state(self, linked: Linked) -> AccountState:
        return self._members.accounts.get(linked.account.account_id).state

    def unlink(self, linked: Linked) -> None:
        """Take the account out of the league now."""
        account = self._members.accounts.get(linked.account.account_id)
        unlink_account(account, self._clock.now(), self._members)
