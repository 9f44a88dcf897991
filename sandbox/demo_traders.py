"""How the kinds of demo traders behave: one class per kind.

Each is asked once an hour what to do, and answers from what it sees and from its own dice, so a
seed gives the same league again.
"""

from collections.abc import Sequence
from decimal import Decimal

from sandbox.demo_moves import USDT, Buy, Move, PayIn, PayOut, Sell, View

BIG_COINS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT")
SMALL_COINS = ("PEPEUSDT", "DOGEUSDT", "AVAXUSDT", "LINKUSDT", "UNIUSDT", "ADAUSDT")
_LAST_MINUTE = 3599.0


class Hold:
    """Buys once after joining, in the given shares of his money, and sits on it."""

    def __init__(self, **weights: float) -> None:
        """`weights`: share of the money per coin, e.g. BTC=0.6."""
        self._weights = weights
        self._bought = False

    def plan(self, view: View) -> list[Move]:
        if self._bought:
            return []
        self._bought = True
        moves: list[Move] = []
        left = 1.0
        for place, (coin, weight) in enumerate(self._weights.items()):
            if coin + USDT in view.market:
                moves.append(Buy(60.0 + 30 * place, coin + USDT, min(1.0, weight / left)))
                left = max(left - weight, 1e-9)
        return moves or [Buy(60.0, "BTCUSDT", 1.0)]


class Rebalance:
    """Keeps coins near fixed shares of his equity, looking every so many hours."""

    def __init__(self, every_hours: int, drift: float, **weights: float) -> None:
        """`drift`: how far, as a share of equity, a coin may stray before he acts."""
        self._every = every_hours
        self._drift = drift
        self._weights = weights

    def plan(self, view: View) -> list[Move]:
        if view.hour % self._every:
            return []
        equity = float(view.equity())
        if equity <= 0:
            return []
        sells: list[Move] = []
        buys: list[Move] = []
        cash = float(view.held(USDT))
        for coin, weight in self._weights.items():
            worth = float(view.worth(coin))
            gap = weight * equity - worth
            if coin + USDT not in view.market or abs(gap) < self._drift * equity:
                continue
            if gap < 0:
                sells.append(Sell(view.second() / 3, coin + USDT, -gap / worth))
                cash -= gap * 0.998
            elif cash > 1:
                share = min(1.0, gap / cash)
                buys.append(Buy(1800 + view.second() / 3, coin + USDT, share))
                cash -= cash * share
        return sells + buys


class DayTrade:
    """Jumps in and out of coins several times a day.

    `follows` above 0 buys what has just risen and sells what has just fallen; below 0 he does
    the opposite; the size is how often he acts on it instead of at random.
    """

    def __init__(self, coins: Sequence[str], per_day: float, follows: float) -> None:
        self._coins = tuple(coins)
        self._chance = per_day / 24
        self._follows = follows

    def plan(self, view: View) -> list[Move]:
        if view.dice.random() > self._chance:
            return []
        symbol = view.dice.choice(view.listed(self._coins))
        up = view.moved.get(symbol, 0.0) > 0
        if view.dice.random() < abs(self._follows):
            buys = up if self._follows > 0 else not up
        else:
            buys = view.dice.random() < 0.5
        if buys and view.held(USDT) > view.equity() / 10:
            return [Buy(view.second(), symbol, view.dice.uniform(0.3, 0.9))]
        held = [each for each in view.listed(self._coins) if self._is_held(view, each)]
        if not held:
            return []
        return [Sell(view.second(), view.dice.choice(held), view.dice.choice((0.5, 1.0)))]

    def _is_held(self, view: View, symbol: str) -> bool:
        return view.worth(view.market[symbol].base) > 20 if symbol in view.market else False


class Swing:
    """All in one coin for some days, then all in another."""

    def __init__(self, coins: Sequence[str], days: float) -> None:
        self._coins = tuple(coins)
        self._chance = 1 / (days * 24)
        self._symbol: str | None = None

    def plan(self, view: View) -> list[Move]:
        if self._symbol is not None and view.dice.random() > self._chance:
            return []
        symbol = view.dice.choice(view.listed(self._coins))
        if symbol == self._symbol:
            return []
        moves: list[Move] = [Buy(1800 + view.second() / 2, symbol, 0.98)]
        if self._symbol is not None:
            moves.insert(0, Sell(view.second() / 2, self._symbol, 1.0))
        self._symbol = symbol
        return moves


class SaveUp:
    """Pays in every week and buys a little every day."""

    def __init__(self, symbol: str, weekly_usdt: int) -> None:
        self._symbol = symbol
        self._weekly = Decimal(weekly_usdt)

    def plan(self, view: View) -> list[Move]:
        moves: list[Move] = []
        if view.hour % 168 == 24:
            moves.append(PayIn(view.second(), USDT, self._weekly))
        if view.clock_hour == 7:
            moves.append(Buy(view.second(), view.listed((self._symbol,))[0], 0.2))
        return moves


class ClimbThenFund:
    """Bets pocket money on one coin, and brings a fortune once a win shows; then leaves it alone:
    a large return on little, followed by none on much."""

    def __init__(
        self, coins: Sequence[str], *, fortune: int, wanted: float, from_hour: int
    ) -> None:
        """`wanted`: the win on the pocket money, as a ratio, that makes him pay in."""
        self._coins = tuple(coins)
        self._fortune = Decimal(fortune)
        self._wanted = Decimal(str(1 + wanted))
        self._from_hour = from_hour
        self._start: Decimal | None = None
        self._paid_in = False

    def plan(self, view: View) -> list[Move]:
        if self._paid_in or view.hour < self._from_hour:
            return []
        if self._start is None:
            self._start = view.equity()
            return [Buy(view.second(), view.dice.choice(view.listed(self._coins)), 1.0)]
        if view.equity() > self._start * self._wanted:
            self._paid_in = True
            return [PayIn(_LAST_MINUTE - view.second() / 60, USDT, self._fortune)]
        return []


class TakeProfit:
    """Holds coins, and every few days sells some and takes the money home."""

    def __init__(self, symbol: str, every_days: int, share: float) -> None:
        self._symbol = symbol
        self._every = every_days * 24
        self._share = share

    def plan(self, view: View) -> list[Move]:
        symbol = view.listed((self._symbol,))[0]
        if view.hour == 0:
            return [Buy(45.0, symbol, 0.95)]
        if view.hour % self._every:
            return []
        return [Sell(view.second() / 2, symbol, self._share), PayOut(2700.0, USDT, 0.9)]


class ThroughBitcoin:
    """Owns only coins that have no pair with USDT: bought with BTC, moved among each other."""

    def __init__(self, *symbols: str) -> None:
        self._symbols = symbols

    def plan(self, view: View) -> list[Move]:
        symbols = [each for each in self._symbols if each in view.market]
        if not symbols:
            return []
        if view.hour == 0:
            shares = [1 / (len(symbols) - place) for place in range(len(symbols))]
            return [
                Buy(60.0 + 20 * place, symbol, share)
                for place, (symbol, share) in enumerate(zip(symbols, shares, strict=True))
            ]
        if view.dice.random() > 1 / 60:
            return []
        first, second = view.dice.sample(symbols, 2) if len(symbols) > 1 else symbols * 2
        return [Sell(view.second() / 2, first, 0.4), Buy(1800 + view.second() / 2, second, 1.0)]


class MoveCoins:
    """Holds coins and now and then gets some sent, or sends some away, without trading."""

    def __init__(self, asset: str, quantity: str, every_hours: int) -> None:
        self._asset = asset
        self._quantity = Decimal(quantity)
        self._every = every_hours

    def plan(self, view: View) -> list[Move]:
        if view.hour % self._every != self._every - 1:
            return []
        if view.dice.random() < 0.6:
            return [PayIn(view.second(), self._asset, self._quantity)]
        return [PayOut(view.second(), self._asset, 0.15)]


class Watch:
    """Does nothing at all."""

    def plan(self, view: View) -> list[Move]:
        return []
