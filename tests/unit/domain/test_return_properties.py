"""What must hold of the whole return, from ledger entries to the scores of a day."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import Block
from chalicelib.domain.hour import AccountHour, HourPrices, trader_hour
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry, Side
from chalicelib.domain.market import PriceList
from chalicelib.domain.money import EXACT, Asset
from chalicelib.domain.windows import hour_start
from tests.builders import balance_change, fill, prices
from tests.unit.domain.timeline import START, Timeline, raw, shown

HOURS = 26
COINS = ("BTC", "ETH")
PUBLIC = [
    f"{name}_{window}"
    for name in ("shown", "standing", "drawdown", "counted", "barred")
    for window in ("24h", "7d", "30d")
] + ["trend_24h", "first_hour"]

Held = dict[Asset, Decimal]


def price(coin: Asset, at: datetime, seed: int) -> Decimal:
    """A price with 2 decimals that moves by some percent from minute to minute."""
    minute = int(at.timestamp()) // 60
    base = {"BTC": 60000, "ETH": 3000}[coin]
    return Decimal(base * (1000 + minute * seed % 97 - 48)) / 1000


def lists(seed: int) -> Callable[[datetime], PriceList]:
    return lambda at: prices(at, **{coin: str(price(coin, at, seed)) for coin in COINS})


def marked(held: Held, entries: Sequence[LedgerEntry], seed: int) -> Timeline:
    """The timeline of a trader who starts with `held`, from his own code's first step on."""
    made, value = Timeline(), None
    for hour in range(START, START + HOURS):
        hour_prices = HourPrices(lists(seed)(hour_start(hour)), lists(seed))
        found = trader_hour(hour, [AccountHour("A", held, entries)], hour_prices, value)
        held = dict(found.held["A"])
        made.take(hour, {0: found})
        value = made.hours[hour].columns["value"][0]
    return made


def public(scores: Block) -> dict[str, bytes]:
    return {name: scores.columns[name].tobytes() for name in PUBLIC}


moments = st.integers(0, HOURS * 3_600_000 - 1).map(
    lambda milliseconds: hour_start(START - 1) + timedelta(milliseconds=milliseconds)
)
quantities = st.decimals("0.0001", "0.2", places=8)


@st.composite
def ledgers(draw: st.DrawFn) -> list[LedgerEntry]:
    """Fills and flows that never take more than the start holds."""
    made: list[LedgerEntry] = []
    for number, moment in enumerate(draw(st.lists(moments, max_size=8))):
        coin, quantity = draw(st.sampled_from(COINS)), str(draw(quantities))
        if draw(st.booleans()):
            made.append(
                fill(
                    base=coin,
                    side=draw(st.sampled_from(Side)),
                    price="3000",
                    quantity=quantity,
                    commission="0.001",
                    commission_asset="USDT",
                    trade_id=number,
                    executed_at=moment,
                )
            )
        else:
            sign = draw(st.sampled_from(["", "-"]))
            asset, size = draw(st.sampled_from([(coin, quantity), ("USDT", quantity + "1")]))
            made.append(
                balance_change(
                    asset=asset, quantity=sign + size, changed_at=moment, change_id=str(number)
                )
            )
    return made


def scaled(entry: LedgerEntry, by: Decimal) -> LedgerEntry:
    with localcontext(EXACT):
        if isinstance(entry, Fill):
            return replace(
                entry,
                quantity=entry.quantity * by,
                quote_quantity=entry.quote_quantity * by,
                commission=entry.commission * by,
            )
        return replace(entry, quantity=entry.quantity * by)


START_HELD = {"USDT": Decimal(9000), "BTC": Decimal(2), "ETH": Decimal(3)}


@settings(max_examples=8, deadline=None)
@given(
    ledgers(),
    st.sampled_from([Decimal(each) for each in ("0.1", "0.37", "3", "41.5", "1000")]),
    st.integers(1, 96),
)
def test_multiplying_every_amount_by_k_changes_nothing_others_see(
    entries: list[LedgerEntry], by: Decimal, seed: int
) -> None:
    plain = marked(START_HELD, entries, seed)
    larger = marked(
        {asset: each * by for asset, each in START_HELD.items()},
        [scaled(entry, by) for entry in entries],
        seed,
    )
    for hour in (START + 5, START + 24, START + HOURS - 1):
        assert public(larger.scores[hour]) == public(plain.scores[hour])
    day = max(plain.days)
    assert larger.days[day].columns["fall"][0] == pytest.approx(plain.days[day].columns["fall"][0])


@settings(max_examples=8, deadline=None)
@given(ledgers(), st.integers(1, 96), st.randoms(use_true_random=False))
def test_events_in_any_order_with_repeats_end_in_the_same_marks(
    entries: list[LedgerEntry], seed: int, random: object
) -> None:
    shuffled = [*entries, *entries[::2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    once, again = marked(START_HELD, entries, seed), marked(START_HELD, shuffled, seed)
    for hour in once.hours:
        assert raw(once.hours[hour]) == raw(again.hours[hour])


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(moments, st.integers(-1, 3)), max_size=5), st.integers(1, 96))
def test_a_deposit_or_withdrawal_at_any_moment_changes_no_twr(
    flows: list[tuple[datetime, int]], seed: int
) -> None:
    plain = marked(START_HELD, [], seed)
    moved = marked(START_HELD, _proportional(flows), seed)
    for hour in plain.hours:
        index = moved.hours[hour].columns["index"][0]
        assert index == pytest.approx(plain.hours[hour].columns["index"][0], rel=1e-13)
    last = START + HOURS - 1
    without, with_flows = shown(plain.scores[last]), shown(moved.scores[last])
    assert without is not None
    assert with_flows is not None
    assert Decimal(with_flows) <= Decimal(without)


def _proportional(flows: list[tuple[datetime, int]]) -> list[BalanceChange]:
    """Flows in the same proportions as what is held: it is halved (−1) or grows by so much."""
    made, held = [], dict(START_HELD)
    for number, (moment, times) in enumerate(sorted(flows)):
        for asset in held:
            change = -held[asset] / 2 if times < 0 else held[asset] * times
            held[asset] += change
            made.append(
                balance_change(
                    kind=ChangeKind.DEPOSIT if change > 0 else ChangeKind.WITHDRAWAL,
                    asset=asset,
                    quantity=str(change),
                    changed_at=moment,
                    change_id=str(number),
                )
            )
    return made
