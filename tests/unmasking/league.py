"""Traders of a league who trade on the sandbox exchange, and everything the public API says of
them, read once an hour by somebody patient.

Each makes one order in each of a number of hours, spread over the story, and pays nothing in or
out: whoever splits an order, rests one in the book or moves money is harder to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random

from chalicelib.domain.account import TradesView, Visibility
from chalicelib.domain.ledger import Fill, Side
from chalicelib.domain.market import USDT, PriceList
from chalicelib.domain.windows import WINDOWS, date_of_day, day_of_hour, hour_of, hour_start
from sandbox.exchange.clock import FixedMachineClock
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.limits import LimitSettings
from sandbox.exchange.orders import OrderRequest, OwnFill
from sandbox.exchange.synthetic import synthetic_market
from tests.builders import asset_price
from tests.played_league import PlayedLeague
from tests.read_side import Asker, asking

START = datetime(2026, 3, 1, tzinfo=UTC)
LINKED = START + timedelta(minutes=5)
FIRST = hour_of(START) + 1
HOUR_MS = 3_600_000
LEAST_ORDER = 6
"""USDT, a little above what the exchange takes."""

LIQUID = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT", "DOGEUSDT")
MIDDLE = ("ADAUSDT", "LINKUSDT", "AVAXUSDT")
THIN = ("ZENUSDT", "QTUMUSDT", "IOTXUSDT")
_LEAST_SHARE, _MOST_SHARE = 0.02, 0.4
_BOUND_TO_BUY, _NEVER_ALL = 0.5, 0.98


@dataclass(frozen=True, slots=True)
class Part:
    """One trader: what he brings (USDT), how many orders he makes, and where."""

    name: str
    balance: Decimal
    orders: int
    pairs: tuple[str, ...] = LIQUID


@dataclass(frozen=True, slots=True)
class Return:
    """A published return: index at `hour` / index at `base` − 1, rounded to 2 decimals of %."""

    base: int
    hour: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Placed:
    """One order as only its owner knows it: `value` in USDT, when, and of which hour."""

    at_ms: int
    pair: str
    buys: bool
    value: float

    @property
    def hour(self) -> int:
        return self.at_ms // HOUR_MS


@dataclass(slots=True)
class Watched:
    """What the API has said of one trader: returns, the split of his money at each 00:00 mark by
    hour, and the rows of his list of trades as they came, guarded and (had he so chosen) exact."""

    returns: list[Return] = field(default_factory=list)
    split: dict[int, dict[str, int]] = field(default_factory=dict)
    guarded: list[Mapping[str, str]] = field(default_factory=list)
    exact: list[Mapping[str, str]] = field(default_factory=list)


class PublicLeague:
    """The whole story: played when made. `placed` is the truth, `watched` all that others get."""

    def __init__(self, parts: Sequence[Part], *, hours: int, seed: int, spans: int = 400) -> None:
        """`spans`: how many first days of the line of returns he asks for, each hour, beside
        the board."""
        start_ms = round(START.timestamp() * 1000)
        self.parts, self.hours, self._spans = parts, hours, spans
        self.exchange = Exchange(
            synthetic_market(seed, start=start_ms, hours=hours),
            seed=seed,
            start=start_ms + hours * HOUR_MS,
            machine=FixedMachineClock(),
            limits=LimitSettings(orders_per_ten_seconds=10**9, orders_per_day=10**9),
        )
        self.placed: dict[str, list[Placed]] = {part.name: [] for part in parts}
        self.watched = {part.name: Watched() for part in parts}
        self.last = FIRST + hours - 1
        self._league = PlayedLeague()
        self._play(Random(seed))

    def price(self, pair: str, hour: int) -> float:
        """The last price before a full hour."""
        return float(self.exchange.market.price(pair, hour * HOUR_MS))

    def _play(self, dice: Random) -> None:
        actors = [_Actor(part, self.exchange, dice, self.hours) for part in self.parts]
        for number, part in enumerate(self.parts):
            self._league.join(
                number,
                part.name,
                {USDT: part.balance},
                linked_at=LINKED,
            )
        self._league.list_prices(self._listed(FIRST - 1))
        for hour in range(FIRST, self.last + 1):
            for number, actor in enumerate(actors):
                for order, fills in actor.act(hour - 1):
                    self.placed[actor.part.name].append(order)
                    for each in fills:
                        self._league.record(number, each)
            self._league.list_prices(self._listed(hour))
            self._league.close(hour)
            with asking(self._league.stores, hour_start(hour) + timedelta(minutes=1)) as client:
                self._look(client, hour)
        for part in self.parts:
            watched = self.watched[part.name]
            watched.guarded = self._rows(part.name)
            self._league.show(part.name, Visibility(trades=TradesView.EXACT))
            watched.exact = self._rows(part.name)

    def _rows(self, name: str) -> list[Mapping[str, str]]:
        """All rows of the list of trades, page by page."""
        until = date_of_day(day_of_hour(self.last))
        path = f"/traders/{name}/trades?from={START.date()}&to={until}"
        found: list[Mapping[str, str]] = []
        with asking(self._league.stores, hour_start(self.last) + timedelta(minutes=2)) as client:
            page = client.json(path)
            found += page["trades"]
            while page["next_cursor"]:
                page = client.json(f"{path}&cursor={page['next_cursor']}")
                found += page["trades"]
        return found

    def _listed(self, hour: int) -> PriceList:
        """The prices of the hour, and what each coin's pair with USDT trades in a day."""
        at, market = hour_start(hour), self.exchange.market
        listed = {}
        for pair in sorted({pair for part in self.parts for pair in part.pairs} | {"BTCUSDT"}):
            traded = market.day(pair, hour * HOUR_MS).quote_volume
            price = str(market.price(pair, hour * HOUR_MS))
            listed[pair.removesuffix(USDT)] = asset_price(
                price, traded_usdt=str(traded), quoted_at=at
            )
        return PriceList(at, listed)

    def _look(self, client: Asker, hour: int) -> None:
        for row in client.json("/board?limit=100")["traders"]:
            for window in WINDOWS:
                self._note(row["name"], hour - window.hours, hour, row[f"pnl_{window.name}_pct"])
        today = day_of_hour(hour)
        for part in self.parts:
            watched = self.watched[part.name]
            for first in range(max(day_of_hour(FIRST), today - self._spans), today):
                asked = f"from={date_of_day(first)}&to={date_of_day(today)}"
                days = client.json(f"/traders/{part.name}/performance?{asked}")["days"]
                self._note(part.name, (first + 1) * 24, hour, days[-1]["cumulative_pct"])
            if hour % 24 == 0:
                split = client.json(f"/traders/{part.name}")["allocation"]
                watched.split[hour] = {each["asset"]: int(each["share_pct"]) for each in split}

    def _note(self, name: str, base: int, hour: int, percent: str | None) -> None:
        if percent is not None and base != hour:
            self.watched[name].returns.append(Return(base, hour, float(percent) / 100))


class _Actor:
    """A trader at the exchange: in each hour of his he buys or sells a share of what he has."""

    def __init__(self, part: Part, exchange: Exchange, dice: Random, hours: int) -> None:
        self.part = part
        self._exchange = exchange
        self._account = exchange.accounts.open({USDT: part.balance}, at=0)
        self._dice = Random(dice.random())
        self._hours = set(self._dice.sample(range(FIRST, FIRST + hours - 1), part.orders))

    def act(self, hour: int) -> Iterator[tuple[Placed, list[Fill]]]:
        """His order of the hour, if this is one of his hours, with its fills."""
        if hour not in self._hours:
            return
        at_ms = hour * HOUR_MS + self._dice.randrange(1000, HOUR_MS - 1000)
        request = self._request(at_ms)
        order, fills = self._exchange.desk.place(self._account, request, at_ms)
        value = float(order.executed_quote)
        yield Placed(at_ms, order.symbol, order.buys, value), [_entry(each) for each in fills]

    def _request(self, at_ms: int) -> OrderRequest:
        dice, market = self._dice, self._exchange.market
        worth = {
            pair: float(self._free(pair.removesuffix(USDT)) * market.price(pair, at_ms))
            for pair in self.part.pairs
        }
        cash = float(self._free(USDT))
        equity = cash + sum(worth.values())
        wanted = max(_drawn_share(dice) * equity, LEAST_ORDER)
        heaviest = max(worth, key=lambda pair: worth[pair])
        sells = cash < wanted or dice.random() > max(_BOUND_TO_BUY, cash / equity)
        if sells and worth[heaviest] > 2 * LEAST_ORDER:
            value = min(wanted, _NEVER_ALL * worth[heaviest])
            step = market.symbols[heaviest].step_size
            steps = (Decimal(str(value)) / market.price(heaviest, at_ms) / step).to_integral_value(
                ROUND_DOWN
            )
            return OrderRequest(heaviest, "SELL", "MARKET", quantity=steps * step)
        spent = Decimal(str(min(wanted, _NEVER_ALL * cash))).quantize(Decimal("0.01"))
        return OrderRequest(dice.choice(self.part.pairs), "BUY", "MARKET", quote_quantity=spent)

    def _free(self, asset: str) -> Decimal:
        return self._account.free(asset)


def _drawn_share(dice: Random) -> float:
    """Of equity: small orders as likely as large ones, by their ratio."""
    return float(_LEAST_SHARE * (_MOST_SHARE / _LEAST_SHARE) ** dice.random())


def _entry(fill: OwnFill) -> Fill:
    return Fill(
        symbol=fill.symbol,
        base=fill.symbol.removesuffix(USDT),
        quote=USDT,
        trade_id=fill.trade_id,
        order_id=fill.order_id,
        side=Side.BUY if fill.is_buyer else Side.SELL,
        price=fill.price,
        quantity=fill.quantity,
        quote_quantity=fill.quote_quantity,
        commission=fill.commission,
        commission_asset=fill.commission_asset,
        executed_at=datetime.fromtimestamp(fill.executed_at / 1000, UTC),
    )
