"""The trading part of a random life: orders of every sort, and their ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from sandbox.exchange.catalogue import SymbolSpec
from sandbox.exchange.life_dice import Dice, NotNow
from sandbox.exchange.orders import OrderRequest
from sandbox.exchange.synthetic_book import down_to_step

PAIRS = (
    "BTCUSDT",
    "ETHUSDT",
    "BNBUSDT",
    "SOLUSDT",
    "XRPUSDT",
    "DOGEUSDT",
    "USDCUSDT",
    "EURUSDT",
    "USDTTRY",
    "ETHBTC",
    "SOLBTC",
)
_SHARE_OF_SWITCHES = 0.05
_AWAY = (Decimal("0.95"), Decimal("0.999"), Decimal("1.001"), Decimal("1.05"))


def buy_for_money(dice: Dice) -> None:
    """A MARKET order for a quote amount."""
    spec = _pair(dice)
    _, money = dice.some_of(lambda asset: asset == spec.quote)
    _place(dice, OrderRequest(spec.name, "BUY", "MARKET", quote_quantity=money))


def sell_a_quantity(dice: Dice) -> None:
    """A MARKET order for a quantity."""
    spec = _pair(dice)
    _, held = dice.some_of(lambda asset: asset == spec.base)
    _place(dice, OrderRequest(spec.name, "SELL", "MARKET", quantity=_whole(held, spec)))


def place_a_limit(dice: Dice) -> None:
    """A limit order of any kind, above or below the price; it may fill, rest or expire."""
    spec = _pair(dice)
    side = dice.random.choice(("BUY", "SELL"))
    spent = spec.quote if side == "BUY" else spec.base
    _, amount = dice.some_of(lambda asset: asset == spent)
    price = dice.exchange.market.price(spec.name, dice.at) * dice.random.choice(_AWAY)
    price = (price / spec.tick_size).to_integral_value(ROUND_HALF_EVEN) * spec.tick_size
    quantity = _whole(amount / price if side == "BUY" else amount, spec)
    kind = dice.random.choice(("LIMIT", "LIMIT", "LIMIT_MAKER"))
    lasting = dice.random.choice(("GTC", "GTC", "IOC", "FOK")) if kind == "LIMIT" else "GTC"
    _place(dice, OrderRequest(spec.name, side, kind, lasting, quantity, price=price))


def cancel_an_order(dice: Dice) -> None:
    order = dice.one_of(dice.exchange.desk.orders.open(dice.uid))
    dice.exchange.desk.cancel(order, client_id=f"life-{order.order_id}", at=dice.at)


def switch_fee_payment(dice: Dice) -> None:
    """Pay commissions in BNB from now on, or no longer; not often."""
    if not dice.chance(_SHARE_OF_SWITCHES):
        raise NotNow
    dice.account.fee_in_bnb = not dice.account.fee_in_bnb


def _pair(dice: Dice) -> SymbolSpec:
    market = dice.exchange.market
    return market.symbols[dice.one_of([name for name in PAIRS if market.listed(name, dice.at)])]


def _whole(quantity: Decimal, spec: SymbolSpec) -> Decimal:
    whole = down_to_step(quantity, spec.step_size)
    if whole <= 0:
        raise NotNow
    return whole


def _place(dice: Dice, request: OrderRequest) -> None:
    dice.exchange.desk.place(dice.account, request, dice.at)


TRADES: Mapping[str, Callable[[Dice], None]] = {
    "buy for money": buy_for_money,
    "sell a quantity": sell_a_quantity,
    "place a limit": place_a_limit,
    "cancel an order": cancel_an_order,
    "switch fee payment": switch_fee_payment,
}
