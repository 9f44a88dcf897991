"""Carries orders out: fills, rests, expires and cancels them, and says so in events.

Every matching step writes its events in the documented order: NEW, a TRADE per fill, an end if it
has one, then one position of the balances it touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.accounts import Account, AccountBook
from sandbox.exchange.catalogue import SymbolSpec
from sandbox.exchange.commissions import BNB, Commission, Commissions
from sandbox.exchange.events import EventHub, account_position, execution_report
from sandbox.exchange.limits import Limits
from sandbox.exchange.matching import Matcher, TradingSettings
from sandbox.exchange.orders import FillTape, Order, OrderIndex, OrderRequest, OwnFill
from sandbox.exchange.path import time_of_id
from sandbox.exchange.synthetic_book import ZERO, Level, down_to_step, total_quantity

OUT_OF_LIQUIDITY = "INSUFFICIENT_LIQUIDITY"
TAKER_DECREMENT = -1
MAKER_DECREMENT = -5


@dataclass(frozen=True, slots=True)
class Step:
    """One matching step of an order at one moment, and the fills it brought."""

    account: Account
    order: Order
    spec: SymbolSpec
    at: int
    fills: list[OwnFill] = field(default_factory=list)

    def spends(self, price: Decimal, quantity: Decimal) -> tuple[str, Decimal]:
        """The asset the order spends, and how much of it for `quantity` at `price`."""
        if self.order.buys:
            return self.spec.quote, price * quantity
        return self.spec.base, quantity

    def still_spends(self, asset: str, level: Level) -> Decimal:
        """How much of `asset` the order will spend after this fill of it."""
        spent, quantity = self.spends(level.price, self.order.remaining - level.quantity)
        return quantity if spent == asset else ZERO


class OrderDesk:
    """All orders and fills. `at` is exchange time in milliseconds throughout."""

    def __init__(
        self,
        matcher: Matcher,
        *,
        accounts: AccountBook,
        events: EventHub,
        limits: Limits,
        settings: TradingSettings,
    ) -> None:
        self.matcher = matcher
        self.accounts = accounts
        self.events = events
        self.limits = limits
        self._commissions = Commissions(matcher.market, lambda: settings.fees)
        self.orders = OrderIndex()
        self.fills = FillTape()
        self.last_execution_id = 0

    def place(
        self, account: Account, request: OrderRequest, at: int
    ) -> tuple[Order, list[OwnFill]]:
        """The order and the fills it got at once. Raises ApiError; then nothing has changed."""
        taken = self.check(account, request, at)
        order = self._accept(account, request, taken, at)
        step = Step(account, order, self.matcher.spec(request.symbol), at)
        self._report(step, "NEW")
        for level in taken:
            self._fill(step, level, is_maker=False)
        if step.fills:
            self.limits.count_order(account.uid, TAKER_DECREMENT)
        if order.status != "FILLED" or self._quote_left(step):
            self._expire_or_rest(step)
        self._end(step)
        return order, step.fills

    def check(self, account: Account, request: OrderRequest, at: int) -> list[Level]:
        """What the order would take at once. Raises ApiError for what `place` would refuse."""
        if not account.can_trade:
            raise api_error.order_rejected("This account may not place or cancel orders.")
        self.limits.check_orders(account.uid)
        if self.orders.client_id_in_use(account.uid, request.symbol, request.client_id):
            raise api_error.order_rejected("Duplicate order sent.")
        resting = self.orders.open(account.uid, request.symbol)
        return self.matcher.match(account, request, resting, at)

    def cancel(self, order: Order, *, client_id: str, at: int) -> None:
        """Raises -2011 when the order is no longer open."""
        if not order.open:
            raise api_error.cancel_rejected()
        step = self._step(order, at)
        step.account.unlock(*step.spends(order.price, order.remaining))
        order.status = "CANCELED"
        order.updated_at = at
        order.cancel_client_id = client_id
        self._report(step, "CANCELED")
        self._end(step)

    def fill_resting(self, order: Order, quantity: Decimal, at: int) -> None:
        """Fill a part of a resting order at its own price, as maker."""
        if not order.executed:
            self.limits.count_order(order.uid, MAKER_DECREMENT)
        step = self._step(order, at)
        self._fill(step, Level(order.price, quantity), is_maker=True)
        self._end(step)

    def _step(self, order: Order, at: int) -> Step:
        account = self.accounts.account(order.uid)
        return Step(account, order, self.matcher.spec(order.symbol), at)

    def _accept(
        self, account: Account, request: OrderRequest, taken: list[Level], at: int
    ) -> Order:
        order_id = self.orders.last_order_id + 1
        order = Order(
            uid=account.uid,
            order_id=order_id,
            client_id=request.client_id or f"sandbox-{order_id}",
            symbol=request.symbol,
            side=request.side,
            kind=request.kind,
            time_in_force=request.time_in_force,
            price=request.price,
            quantity=request.quantity or total_quantity(taken),
            quote_quantity=request.quote_quantity,
            created_at=at,
            updated_at=at,
            prevention_mode=request.prevention_mode,
        )
        self.orders.add(order)
        self.limits.count_order(account.uid, 1)
        return order

    def _fill(self, step: Step, level: Level, *, is_maker: bool) -> None:
        due = self._settle(step, level, is_maker=is_maker)
        order = step.order
        fill = OwnFill(
            uid=order.uid,
            trade_id=self._next_trade_id(order.symbol, step.at),
            order_id=order.order_id,
            symbol=order.symbol,
            price=level.price,
            quantity=level.quantity,
            quote_quantity=level.price * level.quantity,
            commission=due.quantity,
            commission_asset=due.asset,
            executed_at=step.at,
            is_buyer=order.buys,
            is_maker=is_maker,
        )
        self.fills.add(fill)
        step.fills.append(fill)
        order.executed += fill.quantity
        order.executed_quote += fill.quote_quantity
        order.updated_at = step.at
        order.status = "FILLED" if order.executed >= order.quantity else "PARTIALLY_FILLED"
        self._report(step, "TRADE", fill)

    def _settle(self, step: Step, level: Level, *, is_maker: bool) -> Commission:
        """Move the balances of a fill; returns what it cost."""
        account, spec, buys = step.account, step.spec, step.order.buys
        value = level.price * level.quantity
        spend = account.spend_locked if is_maker else account.debit
        spend(*step.spends(level.price, level.quantity))
        account.credit(*((spec.base, level.quantity) if buys else (spec.quote, value)))
        due = self._commissions.due(
            account,
            spec,
            is_buyer=buys,
            quantity=level.quantity,
            value=value,
            at=step.at,
            bnb_kept=ZERO if is_maker else step.still_spends(BNB, level),
        )
        account.debit(due.asset, due.quantity)
        return due

    def _next_trade_id(self, symbol: str, at: int) -> int:
        market = self.matcher.market
        following = self.fills.last_id(symbol) + 1
        # Ids of one millisecond that run out go on among the users' ids of the next one.
        among_users = market.trade_id(symbol, time_of_id(following))
        return max(market.trade_id(symbol, at), among_users, following)

    def _quote_left(self, step: Step) -> bool:
        """Whether the book ran dry before a quote amount was used up to less than a step."""
        order = step.order
        if not order.quote_quantity:
            return False
        price = self.matcher.market.price(order.symbol, step.at)
        left = (order.quote_quantity - order.executed_quote) / price
        return down_to_step(left, step.spec.step_size) > step.spec.step_size

    def _expire_or_rest(self, step: Step) -> None:
        order = step.order
        if order.kind == "MARKET" or order.time_in_force in {"IOC", "FOK"}:
            order.status = "EXPIRED"
            order.expiry_reason = OUT_OF_LIQUIDITY if order.kind == "MARKET" else ""
            self._report(step, "EXPIRED")
        else:
            step.account.lock(*step.spends(order.price, order.remaining))

    def _end(self, step: Step) -> None:
        self.orders.settle(step.order)
        step.account.touched(step.at)
        assets = [step.spec.base, step.spec.quote]
        assets += [BNB for fill in step.fills if fill.commission_asset == BNB]
        position = account_position(step.account, assets, at=step.at)
        self.events.publish(step.account.uid, position)

    def _report(self, step: Step, kind: str, fill: OwnFill | None = None) -> None:
        self.last_execution_id += 1
        report = execution_report(
            step.order, kind, execution_id=self.last_execution_id, at=step.at, fill=fill
        )
        self.events.publish(step.order.uid, report)
