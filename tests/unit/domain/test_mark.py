import math
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import Block, Flag
from chalicelib.domain.columns import column
from chalicelib.domain.hour import TraderHour
from chalicelib.domain.mark import UNPRICED_HOURS, hour_block
from chalicelib.domain.performance import INDEX_FLOOR, at_value, first_mark
from tests.unit.domain.timeline import START, flags, flow, instant, raw, still, worth

HALF_PAST = instant(-0.5)


def first(value: str = "1000") -> Block:
    return hour_block(START - 1, None, still(value))


def after(previous: Block, found: TraderHour | None, hour: int = START) -> Block:
    return hour_block(hour, previous, {} if found is None else {0: found})


def value(row: Block) -> float:
    return float(row.columns["value"][0])


def index(row: Block) -> float:
    return float(row.columns["index"][0])


def test_the_first_mark_has_index_1_whatever_moved_since_the_link() -> None:
    linked = TraderHour(worth("900"), (flow("0", "1000", HALF_PAST),))
    row = hour_block(START, None, {0: linked})
    assert (value(row), index(row), flags(row)) == (900.0, 1.0, Flag.MARK | Flag.COUNTS)


def test_seats_nobody_sits_in_know_nothing() -> None:
    row = first()
    assert math.isnan(row.columns["value"][1])
    assert math.isnan(row.columns["index"][1])
    assert flags(row, 1) == Flag(0)


def test_without_a_flow_the_index_grows_with_the_value() -> None:
    assert index(after(first(), TraderHour(worth("1010")))) == 1.01


def test_flows_go_into_the_columns_in_their_units() -> None:
    points = (
        flow("1000", "500.000000004", instant(-0.75)),
        flow("1500", "-200", instant(-0.5)),
    )
    row = after(first(), TraderHour(worth("1300"), points))
    assert row.columns["deposits"][0] == 50_000_000_000
    assert row.columns["withdrawals"][0] == 20_000_000_000
    assert row.columns["weighted"][0] == (500 * 0.25 - 200 * 0.5) * 1_000_000


def test_flows_are_kept_in_hours_without_a_mark() -> None:
    row = after(first(), TraderHour(worth("-5"), (flow("1000", "-900", HALF_PAST),)))
    assert row.columns["withdrawals"][0] == 90_000_000_000
    assert not flags(row) & Flag.MARK


def test_a_negative_value_is_no_mark_and_the_chain_goes_on_from_before() -> None:
    gap = after(first(), TraderHour(worth("-1")))
    assert (value(gap), index(gap)) == (1000.0, 1.0)
    assert flags(gap) == Flag(0)
    assert index(after(gap, TraderHour(worth("1100")), START + 1)) == 1.1


def test_a_flow_that_leaves_1_usdt_pauses_until_more_comes() -> None:
    paused = after(first(), TraderHour(worth("0.4"), (flow("1200", "-1199", HALF_PAST),)))
    assert index(paused) == 1.2
    assert flags(paused) == Flag.MARK | Flag.PAUSED
    still_paused = after(paused, TraderHour(worth("0.9")), START + 1)
    assert index(still_paused) == 1.2
    back = TraderHour(worth("630"), (flow("0.5", "599.5", instant(1.5)),))
    on = after(still_paused, back, START + 2)
    assert index(on) == pytest.approx(1.2 * 1.05)
    assert flags(on) == Flag.MARK | Flag.COUNTS


def test_an_account_linked_with_nothing_is_paused_from_its_first_mark() -> None:
    row = hour_block(START, None, {0: TraderHour(worth("0.5"), (flow("0", "0.5", HALF_PAST),))})
    assert (index(row), flags(row)) == (1.0, Flag.MARK | Flag.PAUSED)


def test_a_trader_without_account_keeps_his_index_and_has_no_mark() -> None:
    left = after(first(), TraderHour(None, (flow("1100", "-1100", HALF_PAST),), account_gap=True))
    assert (value(left), index(left)) == (0.0, 1.1)
    assert flags(left) == Flag.NO_ACCOUNT | Flag.PAUSED
    gone = after(left, None, START + 1)
    assert (index(gone), flags(gone)) == (1.1, Flag.NO_ACCOUNT | Flag.PAUSED)


def test_linked_again_the_record_goes_on() -> None:
    left = after(first(), TraderHour(None, (flow("1100", "-1100", HALF_PAST),), account_gap=True))
    again = TraderHour(worth("550"), (flow("0", "500", instant(0.5)),))
    row = after(left, again, START + 1)
    assert index(row) == pytest.approx(1.1 * 1.1)
    assert flags(row) == Flag.MARK | Flag.COUNTS


def test_leaving_for_a_part_of_the_hour_is_kept_beside_the_mark() -> None:
    row = after(first(), TraderHour(worth("1000"), account_gap=True))
    assert flags(row) == Flag.MARK | Flag.COUNTS | Flag.NO_ACCOUNT


def test_a_fall_to_nothing_is_held_at_the_floor_and_stays() -> None:
    fallen = after(first(), TraderHour(worth("0")))
    assert index(fallen) == INDEX_FLOOR
    assert index(after(fallen, TraderHour(worth("50")), START + 1)) == INDEX_FLOOR


@pytest.mark.parametrize(
    ("quality", "expected"),
    [
        ({"partial": True}, Flag.MARK | Flag.PARTIAL),
        ({"stale": Decimal(51)}, Flag.MARK | Flag.STALE),
        ({"stale": Decimal(50)}, Flag.MARK | Flag.COUNTS),
        ({"thin": Decimal(501)}, Flag.MARK | Flag.COUNTS | Flag.THIN),
        ({"unpriced": True}, Flag.MARK | Flag.COUNTS | Flag.UNPRICED),
    ],
)
def test_what_a_mark_is_worth_is_flagged(quality: Mapping[str, object], expected: Flag) -> None:
    assert flags(after(first(), TraderHour(worth("1000", **quality)))) == expected


def test_thin_fills_make_a_thin_hour() -> None:
    assert flags(after(first(), TraderHour(worth("1000"), thin_fills=True))) & Flag.THIN


def test_an_asset_that_never_had_a_price_unranks_after_7_days() -> None:
    row = first()
    holding = TraderHour(worth("1000", not_valued=frozenset({"XYZ"})))
    for number in range(UNPRICED_HOURS):
        row = after(row, holding, START + number)
    assert not flags(row) & Flag.UNPRICED
    row = after(row, holding, START + UNPRICED_HOURS)
    assert flags(row) & Flag.UNPRICED
    gone = after(row, TraderHour(worth("1000")), START + UNPRICED_HOURS + 1)
    assert not flags(gone) & Flag.UNPRICED


def test_marking_again_gives_identical_bytes() -> None:
    seats = {
        place: TraderHour(worth(f"{100 + place}.1"), (flow("99", f"{place + 1}", HALF_PAST),))
        for place in range(0, 256, 3)
    }
    again = dict(reversed(seats.items()))
    assert raw(hour_block(START, first(), seats)) == raw(hour_block(START, first(), again))


def test_unknown_numbers_are_written_alike() -> None:
    row = first()
    strange = np.where(np.isnan(column(row, "index")), -np.nan, column(row, "index"))
    row.columns["index"][:] = type(row.columns["index"])("d", strange.tobytes())
    assert raw(after(row, None)) == raw(after(first(), None))


money = st.decimals("0.01", "1000000", places=4, allow_nan=False)


@settings(max_examples=50)
@given(st.lists(money, min_size=2, max_size=10))
def test_the_index_in_columns_equals_the_chain_of_one_trader(values: list[Decimal]) -> None:
    row = hour_block(START, None, still(str(values[0])))
    chain = first_mark(float(values[0]))
    for number, each in enumerate(values[1:], 1):
        row = after(row, TraderHour(worth(str(each))), START + number)
        chain = at_value(chain, float(each))
    assert index(row) == chain.index


@settings(max_examples=50)
@given(money, money, st.decimals("0", "0.99", places=3), st.integers(0, 3599))
def test_a_flow_in_the_hour_does_not_change_its_return(
    opening: Decimal, closing: Decimal, share: Decimal, second: int
) -> None:
    before = (opening + closing) / 2
    net_flow = before * (share * 4 - 1)
    moved = before + net_flow
    points = (flow(str(before), str(net_flow), instant(-1) + timedelta(seconds=second)),)
    flowed = after(first(str(opening)), TraderHour(worth(str(closing / before * moved)), points))
    plain = after(first(str(opening)), TraderHour(worth(str(closing))))
    if moved > 1:
        assert index(flowed) == pytest.approx(index(plain), rel=1e-12)
