from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.block import Flag
from chalicelib.domain.hour import (
    AccountHour,
    HourPrices,
    TraderHour,
    entry_instants,
    trader_hour,
)
from chalicelib.domain.ledger import BalanceChange, ChangeKind, LedgerEntry, Side, Source
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import hour_of
from tests.builders import NOON, amounts, asset_price, at, balance_change, fill, prices

MARK = hour_of(NOON) + 1
END = at(1)


def minutes(lists: Mapping[datetime, PriceList], hour_list: PriceList) -> HourPrices:
    return HourPrices(hour_list, lists.get)


def flat(**usdt: str) -> HourPrices:
    """The same prices at every minute."""
    return HourPrices(prices(END, **usdt), lambda minute: prices(minute, **usdt))


def account(
    *entries: LedgerEntry, name: str = "A", linked: bool = True, **held: str
) -> AccountHour:
    return AccountHour(name, amounts(**held), entries, linked)


def run(
    accounts: Sequence[AccountHour], lists: HourPrices, opening: float | None = None
) -> TraderHour:
    return trader_hour(MARK, accounts, lists, opening)


def steps(found: TraderHour) -> list[tuple[float, str, str]]:
    """Each flow as minutes since NOON, value before, net flow."""
    return [
        ((each.at - NOON) / timedelta(minutes=1), str(each.value_before), str(each.net_flow))
        for each in found.points
    ]


def link(asset: str, quantity: str, changed_at: datetime) -> BalanceChange:
    return balance_change(
        kind=ChangeKind.LINK,
        asset=asset,
        quantity=quantity,
        changed_at=changed_at,
        source=Source.LEAGUE,
    )


def test_an_hour_without_events_is_its_holdings_at_the_hours_prices() -> None:
    found = run([account(USDT="100", BTC="0.5")], flat(BTC="60000"))
    assert found.valuation is not None
    assert (found.valuation.value, found.points) == (Decimal("30100.0"), ())


def test_a_fill_is_performance() -> None:
    bought = fill(quantity="0.1", executed_at=at(minutes=10))
    found = run([account(bought, USDT="6000")], flat(BTC="60000"))
    assert found.points == ()
    assert found.held["A"] == amounts(BTC="0.1")


def test_a_flow_is_valued_at_the_first_minute_at_or_after_it() -> None:
    deposit = balance_change(asset="BTC", quantity="1", changed_at=at(minutes=14, seconds=30))
    lists = minutes({at(minutes=15): prices(at(minutes=15), BTC="60000")}, prices(END, BTC="57000"))
    found = run([account(deposit, USDT="10000")], lists)
    assert steps(found) == [(14.5, "10000", "60000")]
    assert found.valuation is not None
    assert found.valuation.value == 67000


def test_a_flow_on_the_minute_takes_that_minutes_list() -> None:
    deposit = balance_change(asset="BTC", quantity="1", changed_at=at(minutes=15))
    lists = minutes({at(minutes=15): prices(at(minutes=15), BTC="60000")}, prices(END, BTC="57000"))
    assert steps(run([account(deposit)], lists)) == [(15.0, "0", "60000")]


def test_a_missing_minute_gives_way_to_the_next_within_60_seconds() -> None:
    deposit = balance_change(asset="BTC", quantity="1", changed_at=at(minutes=15))
    lists = minutes({at(minutes=16): prices(at(minutes=16), BTC="61000")}, prices(END, BTC="57000"))
    assert steps(run([account(deposit)], lists)) == [(15.0, "0", "61000")]


def test_a_list_more_than_60_seconds_later_is_not_used_but_the_hours() -> None:
    deposit = balance_change(asset="BTC", quantity="1", changed_at=at(minutes=14, seconds=59))
    lists = minutes({at(minutes=16): prices(at(minutes=16), BTC="61000")}, prices(END, BTC="57000"))
    assert steps(run([account(deposit)], lists))[0][2] == "57000"


def test_a_flow_in_the_last_minute_takes_the_hours_list() -> None:
    deposit = balance_change(asset="BTC", quantity="1", changed_at=at(minutes=59, seconds=30))
    found = run([account(deposit)], minutes({}, prices(END, BTC="57000")))
    assert steps(found)[0][2] == "57000"


def test_fills_of_an_instant_come_before_its_flows() -> None:
    sold = fill(side=Side.SELL, quantity="1", price="50000", executed_at=at(minutes=5))
    withdrawn = balance_change(
        kind=ChangeKind.WITHDRAWAL, quantity="-50000", changed_at=at(minutes=5)
    )
    found = run([account(withdrawn, sold, BTC="1")], flat(BTC="60000"))
    assert steps(found) == [(5.0, "50000", "-50000")]


def test_flows_of_one_instant_are_one_flow_over_all_accounts() -> None:
    out = balance_change(kind=ChangeKind.TRANSFER, quantity="-300", changed_at=at(minutes=5))
    into = balance_change(kind=ChangeKind.TRANSFER, quantity="500", changed_at=at(minutes=5))
    found = run([account(out, USDT="300"), account(into, name="B", USDT="0")], flat())
    assert steps(found) == [(5.0, "300", "200")]


def test_flows_that_cancel_at_one_instant_are_none() -> None:
    out = balance_change(kind=ChangeKind.TRANSFER, quantity="-300", changed_at=at(minutes=5))
    into = balance_change(kind=ChangeKind.TRANSFER, quantity="300", changed_at=at(minutes=5))
    found = run([account(out, USDT="300"), account(into, name="B", USDT="0")], flat())
    assert found.points == ()


def test_entries_of_other_hours_are_not_taken() -> None:
    before = balance_change(changed_at=at(milliseconds=-1), change_id="before")
    after = balance_change(changed_at=END, change_id="after")
    assert run([account(before, after, USDT="5")], flat()).points == ()


def test_a_flow_at_the_opening_mark_belongs_to_the_hour() -> None:
    assert steps(run([account(balance_change(changed_at=NOON), USDT="5")], flat())) == [
        (0.0, "5", "1000")
    ]


def test_a_link_brings_the_whole_account_as_one_flow() -> None:
    earlier = balance_change(quantity="7", changed_at=at(minutes=1))
    linked = [link("USDT", "8000", at(minutes=30)), link("BTC", "1", at(minutes=30))]
    found = run(
        [account(USDT="1000"), account(earlier, *linked, name="C", linked=False, USDT="55")],
        flat(BTC="60000"),
    )
    assert steps(found) == [(30.0, "1000", "68000")]


def test_what_happens_at_the_link_instant_is_inside_the_linked_quantities() -> None:
    deposit = balance_change(quantity="7", changed_at=at(minutes=30))
    found = run([account(deposit, link("USDT", "80", at(minutes=30)), linked=False)], flat())
    assert steps(found) == [(30.0, "0", "80")]


def test_unlinking_takes_the_whole_account() -> None:
    left = balance_change(kind=ChangeKind.UNLINK, quantity="-1", changed_at=at(minutes=40))
    late = balance_change(quantity="7", changed_at=at(minutes=50))
    found = run([account(left, late, USDT="1000")], flat())
    assert steps(found) == [(40.0, "1000", "-1000")]
    assert found.valuation is None
    assert found.account_gap


def test_an_account_that_leaves_while_another_stays_is_no_gap() -> None:
    left = balance_change(kind=ChangeKind.UNLINK, quantity="-1", changed_at=at(minutes=40))
    found = run([account(left, USDT="1000"), account(name="B", USDT="10")], flat())
    assert not found.account_gap
    assert steps(found) == [(40.0, "1010", "-1000")]


def test_leaving_and_coming_back_within_the_hour_is_a_gap() -> None:
    left = balance_change(kind=ChangeKind.UNLINK, quantity="-1", changed_at=at(minutes=10))
    found = run([account(left, link("USDT", "900", at(minutes=20)), USDT="1000")], flat())
    assert steps(found) == [(10.0, "1000", "-1000"), (20.0, "0", "900")]
    assert found.account_gap
    assert found.valuation is not None


def test_an_account_not_linked_is_no_part_of_the_portfolio() -> None:
    found = run([account(USDT="5"), account(name="B", linked=False, USDT="900")], flat())
    assert found.valuation is not None
    assert found.valuation.value == 5


def test_convert_dust_and_earn_moves_are_performance() -> None:
    moves = [
        balance_change(kind=kind, asset=asset, quantity=quantity, changed_at=at(minutes=3))
        for kind in (ChangeKind.CONVERT, ChangeKind.DUST, ChangeKind.EARN_MOVE)
        for asset, quantity in (("USDT", "-60"), ("BTC", "0.001"))
    ]
    found = run([account(*moves, USDT="180")], flat(BTC="60000"))
    assert found.points == ()
    assert found.held["A"] == amounts(BTC="0.003")


def test_two_opposite_unexplained_changes_of_one_second_are_performance() -> None:
    out = balance_change(
        kind=ChangeKind.UNEXPLAINED, quantity="-60", changed_at=at(seconds=3, milliseconds=100)
    )
    into = balance_change(
        kind=ChangeKind.UNEXPLAINED,
        asset="BTC",
        quantity="0.001",
        changed_at=at(seconds=3, milliseconds=900),
    )
    assert run([account(out, into, USDT="60")], flat(BTC="60000")).points == ()


def test_unexplained_changes_of_different_seconds_are_flows() -> None:
    out = balance_change(kind=ChangeKind.UNEXPLAINED, quantity="-60", changed_at=at(seconds=3))
    into = balance_change(
        kind=ChangeKind.UNEXPLAINED, asset="BTC", quantity="0.001", changed_at=at(seconds=4)
    )
    assert len(run([account(out, into, USDT="60")], flat(BTC="60000")).points) == 2


def test_an_earn_claim_counts_as_its_coin_and_ldo_is_a_coin() -> None:
    found = run([account(LDBTC="1", LDUSDT="5", LDO="10")], flat(BTC="60000", LDO="2"))
    assert found.valuation is not None
    assert found.valuation.value == 60025


def listed_at(first_at: datetime, taken_at: datetime, price: str = "2") -> PriceList:
    return PriceList(taken_at, {"NEW": asset_price(price, quoted_at=taken_at, first_at=first_at)})


def test_an_asset_enters_as_a_flow_at_its_first_price() -> None:
    first = at(minutes=20)
    lists = minutes({first: listed_at(first, first)}, listed_at(first, END, "3"))
    found = run([account(USDT="100", NEW="50")], lists)
    assert steps(found) == [(20.0, "100", "100")]
    assert found.valuation is not None
    assert found.valuation.value == 250


def test_an_asset_first_priced_at_the_mark_enters_there() -> None:
    found = run([account(USDT="100", NEW="50")], minutes({}, listed_at(END, END)))
    assert steps(found) == [(60.0, "100", "100")]


def test_an_asset_first_priced_after_a_flow_is_not_valued_at_it() -> None:
    first = at(minutes=21)
    deposit = balance_change(quantity="7", changed_at=at(minutes=20, seconds=30))
    lists = minutes({first: listed_at(first, first)}, listed_at(first, END))
    found = run([account(deposit, USDT="100", NEW="50")], lists)
    assert steps(found) == [(20.5, "100", "7"), (21.0, "107", "100")]


def test_depositing_an_asset_without_a_price_is_no_flow_yet() -> None:
    deposit = balance_change(asset="XYZ", quantity="7", changed_at=at(minutes=20))
    found = run([account(deposit, USDT="100")], flat())
    assert found.points == ()
    assert found.valuation is not None
    assert found.valuation.not_valued == {"XYZ"}


def exchanged(old: str, new: str, quantity: str = "50") -> tuple[LedgerEntry, LedgerEntry]:
    """20 USDT's worth at ten past becomes so much of another coin."""
    return (
        balance_change(asset=old, quantity="-20", changed_at=at(minutes=10), kind=CONVERT),
        balance_change(
            asset=new, quantity=quantity, changed_at=at(minutes=10), kind=CONVERT, change_id="2"
        ),
    )


CONVERT = ChangeKind.CONVERT


def test_what_is_exchanged_for_an_asset_without_a_price_leaves_until_its_first_price() -> None:
    first = at(minutes=20)
    lists = minutes({first: listed_at(first, first)}, listed_at(first, END))
    found = run([account(*exchanged("USDT", "NEW"), USDT="100")], lists)
    assert steps(found) == [(10.0, "100", "-20"), (20.0, "80", "100")]


def test_what_an_asset_without_a_price_is_exchanged_for_enters() -> None:
    found = run([account(*exchanged("XYZ", "USDT"), USDT="100", XYZ="20")], flat())
    assert steps(found) == [(10.0, "100", "50")]


def test_an_exchange_of_assets_with_prices_is_performance() -> None:
    found = run([account(*exchanged("USDT", "NEW"), USDT="100")], minutes({}, listed_at(NOON, END)))
    assert found.points == ()
    assert found.valuation is not None
    assert found.valuation.value == 180


def test_a_fill_in_a_pair_that_has_no_price_yet_is_a_flow_of_the_other_side() -> None:
    first = at(minutes=20)
    bought = fill(base="NEW", price="2", quantity="10", executed_at=at(minutes=10))
    lists = minutes({first: listed_at(first, first)}, listed_at(first, END))
    found = run([account(bought, USDT="100")], lists)
    assert steps(found) == [(10.0, "100", "-20"), (20.0, "80", "20")]


def test_what_a_minutes_list_lacks_has_its_next_price() -> None:
    deposit = balance_change(changed_at=at(minutes=20))
    lists = minutes({at(minutes=20): prices(at(minutes=20))}, prices(END, BTC="60000"))
    assert steps(run([account(deposit, BTC="1")], lists))[0][1] == "60000"


def test_entry_instants_hold_the_end_and_not_the_start() -> None:
    listed = PriceList(
        END,
        {
            name: asset_price(first_at=first_at)
            for name, first_at in (("A", NOON), ("B", at(minutes=1)), ("C", END))
        },
    )
    assert entry_instants("ABCD", listed, MARK) == {at(minutes=1): {"B"}, END: {"C"}}


THIN = asset_price("2", traded_usdt="4999999", quoted_at=END)


def thin_lists() -> HourPrices:
    listed = PriceList(END, {"THIN": THIN, "BTC": asset_price("60000", quoted_at=END)})
    return HourPrices(listed, lambda _: listed)


@pytest.mark.parametrize(("quantity", "thin"), [("25", False), ("25.01", True)])
def test_fills_in_thin_assets_are_measured_against_equity(quantity: str, thin: bool) -> None:
    bought = fill(base="THIN", price="2", quantity=quantity, executed_at=at(minutes=10))
    sold = fill(
        base="THIN",
        side=Side.SELL,
        price="2",
        quantity="0",
        trade_id=2,
        executed_at=at(minutes=20),
    )
    assert run([account(bought, sold, USDT="1000")], thin_lists(), 100.0).thin_fills is thin


def test_after_a_flow_thin_fills_are_measured_against_what_it_left() -> None:
    deposit = balance_change(quantity="900", changed_at=at(minutes=5))
    bought = fill(base="THIN", price="2", quantity="50", executed_at=at(minutes=10))
    assert not run([account(deposit, bought, USDT="100")], thin_lists(), 100.0).thin_fills


def test_without_an_opening_mark_equity_is_what_was_held() -> None:
    bought = fill(base="THIN", price="2", quantity="30", executed_at=at(minutes=10))
    assert run([account(bought, USDT="100")], thin_lists()).thin_fills


def quality(**ages_hours: float) -> Flag:
    """The flags of one coin each of the assets, every one worth 1 USDT."""
    listed = PriceList(
        END,
        {
            asset: asset_price("1", quoted_at=END - timedelta(hours=age))
            for asset, age in ages_hours.items()
        },
    )
    held = AccountHour("A", dict.fromkeys(ages_hours, Decimal(1)))
    found = run([held], HourPrices(listed, lambda _: None)).valuation
    assert found is not None
    return found.flags()


@pytest.mark.parametrize(
    ("age", "flags"),
    [
        (0, Flag(0)),
        (0.1, Flag.PARTIAL),
        (2, Flag.PARTIAL),
        (2.1, Flag.STALE),
        (168, Flag.STALE),
        (168.1, Flag.STALE | Flag.UNPRICED),
    ],
)
def test_the_age_of_a_price_decides_what_the_mark_is(age: float, flags: Flag) -> None:
    assert quality(BTC=age) == flags


def test_five_percent_stale_is_not_stale() -> None:
    fresh = {f"FRESH{number}": 0.0 for number in range(19)}
    assert quality(OLD=3, **fresh) == Flag(0)
    fresh.pop("FRESH0")
    assert quality(OLD=3, **fresh) == Flag.STALE


def test_over_half_of_the_value_in_thin_assets_is_a_thin_hour() -> None:
    def flags(usdt: str) -> Flag:
        found = run([account(THIN="50", USDT=usdt)], thin_lists()).valuation
        assert found is not None
        return found.flags()

    assert flags("100") == Flag(0)
    assert flags("99.99") == Flag.THIN


def test_the_same_hour_in_any_order_with_repeats_is_the_same() -> None:
    entries: list[LedgerEntry] = [
        fill(quantity="0.1", executed_at=at(minutes=10)),
        balance_change(quantity="100", changed_at=at(minutes=5)),
        balance_change(kind=ChangeKind.WITHDRAWAL, quantity="-50", changed_at=at(minutes=30)),
    ]
    once = run([account(*entries, USDT="9000")], flat(BTC="60000"))
    again = run([account(*reversed(entries), *entries, USDT="9000")], flat(BTC="60000"))
    assert once == again
