"""The cast of the demo: who is in the league, with what money, and how each behaves.

The first fifteen are one of each kind, so that a small league has them too; a league larger than
the cast repeats it with numbered names. Nothing here touches the exchange or the league.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from sandbox.demo_moves import Strategy
from sandbox.demo_traders import (
    BIG_COINS,
    SMALL_COINS,
    ClimbThenFund,
    DayTrade,
    Hold,
    MoveCoins,
    Rebalance,
    SaveUp,
    Swing,
    TakeProfit,
    ThroughBitcoin,
    Watch,
)


@dataclass(frozen=True, slots=True)
class AccountPart:
    """An exchange account: what lies in it when it is linked, and who trades in it.

    `linked` and `unlinked` are hours from the start of the demo; negative ones count back from
    its end. With `own_pair` the league makes the key pair, and its secret is never typed.
    """

    balances: Mapping[str, str]
    strategy: Callable[[], Strategy]
    linked: int = 0
    unlinked: int | None = None
    own_pair: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One trader of the demo."""

    name: str
    kind: str
    accounts: tuple[AccountPart, ...] = field(default=())


def cast(traders: int) -> list[Part]:
    """The first `traders` of the demo, in the order of joining."""
    parts: list[Part] = []
    round_number = 1
    while len(parts) < traders:
        for part in _CAST[: traders - len(parts)]:
            name = part.name if round_number == 1 else f"{part.name}{round_number}"
            parts.append(replace(part, name=name))
        round_number += 1
    return parts


def hour_within(hour: int, hours: int) -> int:
    """`hour` of an AccountPart as an hour of a demo of `hours`; its middle where the demo is too
    short for it."""
    counted = hour if hour >= 0 else hours + hour
    return counted if 0 <= counted < hours else hours // 2


def _one(
    name: str,
    kind: str,
    strategy: Callable[[], Strategy],
    *,
    linked: int = 0,
    unlinked: int | None = None,
    **balances: str,
) -> Part:
    return Part(name, kind, (AccountPart(balances, strategy, linked, unlinked),))


_FAST = partial(DayTrade, BIG_COINS)
_WILD = partial(DayTrade, SMALL_COINS)

_KINDS = (
    _one("mara_holds", "holder", partial(Hold, BTC=1.0), USDT="5000"),
    _one("Quickstep", "day trader", partial(_FAST, per_day=5, follows=0.6), USDT="1500"),
    _one(
        "evenkeel",
        "rebalancer",
        partial(Rebalance, 8, 0.02, BTC=0.4, ETH=0.3, SOL=0.2),
        USDT="8000",
    ),
    Part(
        "TwoDesks",
        "two accounts",
        (
            AccountPart({"USDT": "4000"}, partial(Swing, BIG_COINS, 4)),
            AccountPart(
                {"USDT": "1500", "ETH": "1.2"}, partial(_FAST, 2, 0.3), linked=200, own_pair=True
            ),
        ),
    ),
    _one(
        "satoshi_sparrow",
        "altcoins through BTC",
        partial(ThroughBitcoin, "PIVXBTC", "WANBTC", "NAVBTC"),
        BTC="0.06",
    ),
    _one("chasing_tops", "loser", partial(_WILD, per_day=6, follows=0.9), USDT="900"),
    _one(
        "BigEntrance",
        "pays in at clever moments",
        partial(ClimbThenFund, SMALL_COINS, fortune=40_000, wanted=0.01, from_hour=200),
        USDT="300",
    ),
    _one("fresh_start", "newcomer", partial(_FAST, 4, 0.5), linked=-60, USDT="1200"),
    _one(
        "gone_fishing",
        "retired",
        partial(Hold, BTC=0.5, ETH=0.5),
        unlinked=-180,
        USDT="6000",
    ),
    _one("piggy_bank", "saver", partial(SaveUp, "BTCUSDT", 250), USDT="500"),
    _one("paydays", "takes profit", partial(TakeProfit, "ETHUSDT", 5, 0.2), USDT="9000"),
    _one("cold_wallet", "moves coins", partial(MoveCoins, "ETH", "0.35", 40), ETH="2.5"),
    _one("longswing", "swing trader", partial(Swing, BIG_COINS, 3), USDT="4200"),
    _one("just_watching", "never trades", Watch, USDT="1000"),
    _one("lunch_money", "below the floor", partial(_WILD, 1, 0.2), USDT="60"),
)

_OTHERS = (
    _one("Ottoline", "holder", partial(Hold, BTC=0.6, ETH=0.4), USDT="7000"),
    _one("northpier", "holder", partial(Hold, SOL=0.7, BTC=0.3), USDT="2200"),
    _one("Kestrel77", "day trader", partial(_FAST, 5, 0.3), USDT="1800"),
    _one("slowfox", "swing trader", partial(Swing, BIG_COINS, 6), USDT="3100"),
    _one("greyhound", "day trader", partial(_FAST, 4, -0.5), USDT="2600"),
    _one("Tamsin_R", "rebalancer", partial(Rebalance, 24, 0.03, BTC=0.5, BNB=0.3), USDT="4800"),
    _one("memento_moon", "meme coins", partial(Hold, PEPE=0.5, DOGE=0.5), USDT="900"),
    _one("harbour.lights", "holder", partial(Hold, ETH=1.0), USDT="9000"),
    _one("ZeroFee", "pays commission in BNB", partial(_FAST, 5, 0.4), USDT="3500", BNB="1"),
    _one("anvil", "rebalancer", partial(Rebalance, 12, 0.04, LINK=0.5, AVAX=0.4), USDT="1200"),
    _one("Perpetua", "saver", partial(SaveUp, "ETHUSDT", 400), USDT="1500"),
    _one("night_shift", "day trader", partial(_WILD, 4, -0.4), USDT="800"),
    _one("basalt", "holder", partial(Hold, BNB=0.5, XRP=0.5), USDT="3300"),
    _one("euro_calm", "holds another currency", partial(Hold, EUR=0.5, USDC=0.5), USDT="5000"),
    _one("LidoDeck", "holder", partial(Hold, LDO=0.4, UNI=0.6), USDT="1700"),
    _one("panic_seller", "loser", partial(_FAST, 5, 0.95), USDT="1600"),
    _one("Juniper", "swing trader", partial(Swing, SMALL_COINS, 2), USDT="700"),
    _one("oldmint", "takes profit", partial(TakeProfit, "BTCUSDT", 7, 0.3), USDT="11000"),
    _one("Corvid", "day trader", partial(_FAST, 3, 0.8), USDT="2400"),
    _one("thin_ice", "thin coins", partial(Hold, ZEN=0.4, QTUM=0.3, DCR=0.3), USDT="800"),
    _one(
        "ferrywoman",
        "altcoins through BTC",
        partial(ThroughBitcoin, "ETHBTC", "SOLBTC", "BNBBTC"),
        BTC="0.15",
    ),
    _one("QuietStorm", "rebalancer", partial(Rebalance, 6, 0.01, BTC=0.7, ETH=0.2), USDT="14000"),
    _one("two_percent", "swing trader", partial(Swing, BIG_COINS, 8), USDT="2400"),
    _one(
        "SecondWind",
        "pays in at clever moments",
        partial(ClimbThenFund, BIG_COINS, fortune=9_000, wanted=0.01, from_hour=620),
        USDT="400",
    ),
    _one("bonsai", "holder", partial(Hold, ADA=0.5, TRX=0.5), USDT="1300"),
    _one("latecomer", "newcomer", Watch, linked=-10, USDT="750", BTC="0.01"),
    _one("Saltmarsh", "moves coins", partial(MoveCoins, "BTC", "0.02", 55), BTC="0.2"),
    _one("redkite", "day trader", partial(_WILD, 3, 0.5), USDT="1000"),
    _one("Marguerite", "rebalancer", partial(Rebalance, 48, 0.05, ETH=0.6, SOL=0.3), USDT="7000"),
    _one("stoneaxe", "swing trader", partial(Swing, SMALL_COINS, 5), USDT="1100"),
    _one("dragon_tea", "holder", partial(Hold, 币安人生=1.0), USDT="1100"),
    _one("half_past", "newcomer", partial(_FAST, 3, 0.2), linked=-100, USDT="2900"),
    _one("Fjordline", "takes profit", partial(TakeProfit, "SOLUSDT", 4, 0.15), USDT="5200"),
)

_CAST = _KINDS + _OTHERS
