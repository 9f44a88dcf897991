"""The exchange as one object: clocks, market, accounts, orders, treasury, limits, events, faults.

It knows nothing of HTTP or sockets; everything that talks to the outside stands in front of it.
"""

from __future__ import annotations

from sandbox.exchange.accounts import AccountBook
from sandbox.exchange.clock import ExchangeClock, MachineClock, machine_ms
from sandbox.exchange.events import EventHub
from sandbox.exchange.fault_rules import FaultRules
from sandbox.exchange.limits import Limits, LimitSettings
from sandbox.exchange.market import Market
from sandbox.exchange.matching import Matcher, TradingSettings
from sandbox.exchange.order_desk import OrderDesk
from sandbox.exchange.resting import RestingOrders
from sandbox.exchange.traffic import Traffic
from sandbox.exchange.treasury import Treasury


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
        self.treasury = Treasury(self.accounts, self.events, seed)
        self.rules = FaultRules()
        self.traffic = Traffic()
        self.fill_lag_ms = 0

    def now(self) -> int:
        return self.clock.now()

    def look_at_market(self) -> None:
        """Fill resting orders the market has crossed until now."""
        self.resting.look(self.now())
