"""Carries orders out: fills, rests, expires and cancels them, and says so in events.

Every matching step writes its events in the documented order: NEW, a TRADE per fill, an end if it
has one, then one position of the balances it touched.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.exchange import api_error
from sandbox.exchange.accounts import Account, AccountBook
from sandbox.exchange.catalogue import SymbolSpec
from sandbox.exchange.commissions import BNB, Commission, commission_of
from sandbox.exchange.events import EventHub, account_position, execution_report
from sandbox.exchange.limits import Limits
from sandbox.exchange.matching import Matcher, TradingSettings
from sandbox.exchange.orders import FillTape, Order, OrderIndex, OrderRequest, OwnFill
from sandbox.exchange.path import time_of_id
from sandbox.exchange.synthetic_book import Level, down_to_step, total_quantity

OUT_OF_LIQUIDITY = "INSUFFICIENT_LIQUIDITY"
TAKER_DECREMENT = -1
MAKER_DECREMENT = -5


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
        self.settings = settings
        self.orders = OrderIndex()
        self.fills = FillTape()
        self.last_execution_id = 0

    def place(
        self, account: Account, request: OrderRequest, at: int
    ) -> tuple[Order, list[OwnFill]]:
        """The order and the fills it got at once. Raises ApiError; then nothing has changed."""
        taken = self.check(account, request, at)
        spec = self.matcher.spec(request.symbol)
        order = self._accept(account, request, taken, at)
        self._report(order, "NEW", at)
        fills = [self._fill(account, order, spec, level, at, is_maker=False) for level in taken]
        if fills:
            self.limits.count_order(account.uid, TAKER_DECREMENT)
        if order.status != "FILLED" or self._quote_left(order, spec, at):
            self._expire_or_rest(account, order, spec, at)
        self._end_step(account, order, spec, fills, at)
        return order, fills

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
        account = self.accounts.account(order.uid)
        spec = self.matcher.spec(order.symbol)
        account.unlock(*_held(order, spec, order.price, order.remaining))
        order.status = "CANCELED"
        order.updated_at = at
        order.cancel_client_id = client_id
        self._report(order, "CANCELED", at)
        self._end_step(account, order, spec, [], at)

    def fill_resting(self, order: Order, quantity: Decimal, at: int) -> None:
        """Fill a part of a resting order at its own price, as maker."""
        account = self.accounts.account(order.uid)
        spec = self.matcher.spec(order.symbol)
        if not order.executed:
            self.limits.count_order(account.uid, MAKER_DECREMENT)
        fill = self._fill(account, order, spec, Level(order.price, quantity), at, is_maker=True)
        self._end_step(account, order, spec, [fill], at)

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

    def _fill(
        self,
        account: Account,
        order: Order,
        spec: SymbolSpec,
        level: Level,
        at: int,
        *,
        is_maker: bool,
    ) -> OwnFill:
        due = self._settle(account, order, spec, level, at, is_maker=is_maker)
        fill = OwnFill(
            uid=order.uid,
            trade_id=self._next_trade_id(spec.name, at),
            order_id=order.order_id,
            symbol=spec.name,
            price=level.price,
            quantity=level.quantity,
            quote_quantity=level.price * level.quantity,
            commission=due.quantity,
            commission_asset=due.asset,
            executed_at=at,
            is_buyer=order.buys,
            is_maker=is_maker,
        )
        self.fills.add(fill)
        order.executed += fill.quantity
        order.executed_quote += fill.quote_quantity
        order.updated_at = at
        order.status = "FILLED" if order.executed >= order.quantity else "PARTIALLY_FILLED"
        self._report(order, "TRADE", at, fill)
        return fill

    def _settle(
        self,
        account: Account,
        order: Order,
        spec: SymbolSpec,
        level: Level,
        at: int,
        *,
        is_maker: bool,
    ) -> Commission:
        spend = account.spend_locked if is_maker else account.debit
        spend(*_held(order, spec, level.price, level.quantity))
        value = level.price * level.quantity
        account.credit(*((spec.base, level.quantity) if order.buys else (spec.quote, value)))
        due = commission_of(
            account,
            spec,
            is_buyer=order.buys,
            quantity=level.quantity,
            value=value,
            market=self.matcher.market,
            at=at,
            fees=self.settings.fees,
        )
        account.debit(due.asset, due.quantity)
        return due

    def _next_trade_id(self, symbol: str, at: int) -> int:
        market = self.matcher.market
        following = self.fills.last_id(symbol) + 1
        # Ids of one millisecond that run out go on among the users' ids of the next one.
        return max(
            market.trade_id(symbol, at), market.trade_id(symbol, time_of_id(following)), following
        )

    def _quote_left(self, order: Order, spec: SymbolSpec, at: int) -> bool:
        """Whether the book ran dry before a quote amount was used up to less than a step."""
        if not order.quote_quantity:
            return False
        price = self.matcher.market.price(spec.name, at)
        left = (order.quote_quantity - order.executed_quote) / price
        return down_to_step(left, spec.step_size) > spec.step_size

    def _expire_or_rest(self, account: Account, order: Order, spec: SymbolSpec, at: int) -> None:
        if order.kind == "MARKET" or order.time_in_force in {"IOC", "FOK"}:
            order.status = "EXPIRED"
            order.expiry_reason = OUT_OF_LIQUIDITY if order.kind == "MARKET" else ""
            self._report(order, "EXPIRED", at)
        else:
            account.lock(*_held(order, spec, order.price, order.remaining))

    def _end_step(
        self, account: Account, order: Order, spec: SymbolSpec, fills: list[OwnFill], at: int
    ) -> None:
        self.orders.settle(order)
        account.touched(at)
        assets = [spec.base, spec.quote]
        assets += [BNB for fill in fills if fill.commission_asset == BNB]
        self.events.publish(account.uid, account_position(account, assets, at=at))

    def _report(self, order: Order, kind: str, at: int, fill: OwnFill | None = None) -> None:
        self.last_execution_id += 1
        self.events.publish(
            order.uid,
            execution_report(order, kind, execution_id=self.last_execution_id, at=at, fill=fill),
        )


def _held(order: Order, spec: SymbolSpec, price: Decimal, quantity: Decimal) -> tuple[str, Decimal]:
    """The asset an order spends, and how much of it for `quantity` at `price`."""
    return (spec.quote, price * quantity) if order.buys else (spec.base, quantity)
