"""The exchange as one object: clocks, market, accounts, orders, treasury, limits, events, faults.

It knows nothing of HTTP or sockets; everything that talks to the outside stands in front of it.
"""

from __future__ import annotations

from sandbox.exchange.accounts import AccountBook
from sandbox.exchange.clock import ExchangeClock, MachineClock, machine_ms
from sandbox.exchange.earn import Earn
from sandbox.exchange.events import EventHub
from sandbox.exchange.fault_rules import FaultRules
from sandbox.exchange.fiat import Fiat
from sandbox.exchange.limits import Limits, LimitSettings
from sandbox.exchange.listings import Listings
from sandbox.exchange.market import Market
from sandbox.exchange.matching import Matcher, TradingSettings
from sandbox.exchange.movements import Movements, WalletSettings
from sandbox.exchange.order_desk import OrderDesk
from sandbox.exchange.resting import RestingOrders
from sandbox.exchange.traffic import Traffic
from sandbox.exchange.treasury import Treasury
from sandbox.exchange.wallet import Wallet
from sandbox.exchange.wallet_records import WalletHistories


class Exchange:
    """One sandbox exchange. Used by one thread at a time."""

    def __init__(
        self,
        market: Market,
        *,
        seed: int,
        start: int,
        machine: MachineClock = machine_ms,
        running: bool = False,
        limits: LimitSettings | None = None,
    ) -> None:
        self.seed = seed
        self.market = market
        self.machine = machine
        self.clock = ExchangeClock(start, machine, running=running)
        self.limits = Limits(machine, limits)
        self.events = EventHub()
        self.accounts = AccountBook(seed)
        self.trading = TradingSettings()
        self.matcher = Matcher(market, seed, self.trading)
        self.desk = OrderDesk(
            self.matcher,
            accounts=self.accounts,
            events=self.events,
            limits=self.limits,
            settings=self.trading,
        )
        self.resting = RestingOrders(self.desk, start)
        self.rules = FaultRules()
        self.traffic = Traffic()
        self.wallet_settings = WalletSettings()
        self.movements = Movements(self.accounts, self.events, self.wallet_settings)
        self.histories = WalletHistories()
        self.treasury = Treasury(self.movements, seed)
        self.wallet = Wallet(self.movements, self.histories, accounts=self.accounts, market=market)
        self.earn = Earn(self.movements, self.histories)
        self.fiat = Fiat(self.movements, self.histories)
        self.listings = Listings(self.desk, self.movements)
        self.fill_lag_ms = 0

    def now(self) -> int:
        return self.clock.now()

    def look_at_market(self) -> None:
        """Fill resting orders the market has crossed, then cancel those of pairs that are gone."""
        now = self.now()
        self.resting.look(now)
        self.listings.look(now)
