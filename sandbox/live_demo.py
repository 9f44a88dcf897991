"""The demo traders once exchange time runs: they go on with their ways, and one of the busy ones
trades a little every few seconds, so that there is something to see."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import requests

from chalicelib.domain.windows import hour_of, hour_start
from sandbox.demo_market import DemoMarket
from sandbox.demo_moves import Buy, Move, Sell
from sandbox.demo_traders import BIG_COINS, DayTrade, Swing
from sandbox.exchange.client import AdminClient, SandboxRefusal
from sandbox.floor import ExchangeClock, Linked

TOO_LATE = timedelta(minutes=1)
"""A move whose instant a jump of exchange time left so far behind is let go."""

BETWEEN_TRADES_S = (10, 40)

_log = logging.getLogger(__name__)
_BUSY = DayTrade(BIG_COINS, per_day=24, follows=0.0)


class LiveDemo:
    """Asked again and again by its caller; never waits."""

    def __init__(
        self,
        linked: Sequence[Linked],
        *,
        bank: AdminClient,
        clock: ExchangeClock,
        market: DemoMarket,
        machine_s: Callable[[], float],
        dice: Random,
    ) -> None:
        """`machine_s` is the machine's clock in seconds."""
        self._linked = list(linked)
        self._bank = bank
        self._clock = clock
        self._market = market
        self._machine_s = machine_s
        self._dice = dice
        self._agenda: list[tuple[datetime, Linked, Move]] = []
        self._planned_hour = -1
        self._next_trade_s = machine_s()

    def step(self) -> int:
        """Do what is due now; returns how many moves came to something."""
        now = self._clock.now()
        if hour_of(now) != self._planned_hour and self._look():
            self._plan(now)
        due = [each for each in self._agenda if each[0] <= now]
        self._agenda = [each for each in self._agenda if each[0] > now]
        done = sum(self._act(who, move) for at, who, move in due if now - at < TOO_LATE)
        if self._machine_s() >= self._next_trade_s:
            self._next_trade_s = self._machine_s() + self._dice.uniform(*BETWEEN_TRADES_S)
            done += self._trade_a_little(now)
        return done

    def _plan(self, now: datetime) -> None:
        self._planned_hour = hour_of(now)
        start = hour_start(self._planned_hour)
        self._agenda = []
        for who in self._linked:
            who.actor.read_holdings(self._bank)
            for move in who.actor.plan(now.hour, self._market.listings, self._market.moved):
                at = start + timedelta(seconds=move.second)
                if at > now:
                    self._agenda.append((at, who, move))

    def _look(self) -> bool:
        """Read the prices; False when the exchange will not say them now, so that the hour is
        planned at a later step."""
        try:
            self._market.look()
        except requests.RequestException as error:
            _log.warning("prices_not_read", extra={"why": str(error)})
            return False
        return True

    def _trade_a_little(self, now: datetime) -> int:
        busy = [each for each in self._linked if isinstance(each.actor.strategy, DayTrade | Swing)]
        who = self._dice.choice(busy or self._linked)
        who.actor.read_holdings(self._bank)
        moves = _BUSY.plan(who.actor.view(now.hour, self._market.listings, self._market.moved))
        small = [replace(each, share=0.1) for each in moves if isinstance(each, Buy | Sell)]
        return sum(self._act(who, move) for move in small)

    def _act(self, who: Linked, move: Move) -> bool:
        try:
            return who.actor.act(move, self._market.listings, self._bank)
        except SandboxRefusal as refusal:
            _log.warning("order_refused", extra={"trader": who.actor.name, "why": str(refusal)})
            return False
