from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.holdings import holdings_at
from chalicelib.domain.ledger import Checkpoint, LedgerEntry
from chalicelib.domain.rebuild import (
    Past,
    RebuiltAccount,
    day_of,
    differing,
    midnight,
    rebuilt,
    unexplained_of,
)
from tests.builders import amounts, at, balance_change, checkpoint, fill

LINK = at(hours=72)
FIRST = day_of(at())


def past(
    *entries: LedgerEntry, readings: Mapping[int, Mapping[str, str]] | None = None, **held: str
) -> Past:
    """An account linked at noon of the fourth day; `readings` by how many midnights ago."""
    known = tuple(
        checkpoint(midnight(day_of(LINK) - ago) - timedelta(milliseconds=1), **quantities)
        for ago, quantities in (readings or {}).items()
    )
    return Past("ada", checkpoint(LINK, **held), midnight(FIRST), entries, known)


def unexplained(account: RebuiltAccount) -> list[tuple[int, str, Decimal]]:
    return [
        (day - FIRST, change.asset, change.quantity)
        for day, entries in sorted(account.days.items())
        for change in unexplained_of(entries)
    ]


def test_what_was_held_is_what_is_held_less_what_came_since() -> None:
    account = rebuilt(
        past(
            balance_change(quantity="900", changed_at=at(hours=1)),
            fill(quantity="0.1", price="6000", executed_at=at(hours=30)),
            BTC="0.1",
            USDT="300",
        )
    )
    assert account.opening == {}
    assert unexplained(account) == []


def test_what_the_link_itself_found_is_inside_it() -> None:
    account = rebuilt(past(balance_change(quantity="5", changed_at=LINK), USDT="5"))
    assert account.opening == {}


def test_a_reading_outranks_the_books_and_leaves_a_change_of_its_day() -> None:
    account = rebuilt(past(readings={1: {"USDT": "90"}}, USDT="100"))
    assert account.opening == amounts(USDT="90")
    assert unexplained(account) == [(2, "USDT", Decimal(10))]


def test_days_between_readings_that_agree_are_certain() -> None:
    account = rebuilt(
        past(readings={0: {"USDT": "7"}, 1: {"USDT": "7"}, 2: {"USDT": "6"}}, USDT="7")
    )
    assert account.certain == {FIRST + 2, FIRST + 3}


def test_a_day_after_which_there_is_no_reading_is_an_estimate() -> None:
    account = rebuilt(past(readings={0: {"USDT": "7"}, 2: {"USDT": "7"}}, USDT="7"))
    assert account.certain == {FIRST + 3}


def test_what_undoes_a_row_of_the_day_is_dated_with_it() -> None:
    """A deposit that its history dates a day after it was credited."""
    deposit = balance_change(quantity="10", changed_at=at(hours=40))
    held = {"USDT": "10"}
    account = rebuilt(past(deposit, readings={0: held, 1: held, 2: {}}, USDT="10"))
    assert unexplained(account) == [(1, "USDT", Decimal(10)), (2, "USDT", Decimal(-10))]
    [undone] = unexplained_of(account.days[FIRST + 2])
    assert undone.at == deposit.at


def test_nothing_was_ever_below_zero() -> None:
    account = rebuilt(past(fill(quantity="1", price="10", executed_at=at(hours=30)), USDT="5"))
    assert account.opening == amounts(USDT="15")
    assert unexplained(account) == [(1, "BTC", Decimal(-1))]


def test_what_differs_is_named() -> None:
    assert differing(past(readings={1: {"USDT": "9"}}, USDT="10", BTC="1")) == {"BTC", "USDT"}


amounts_held = st.dictionaries(
    st.sampled_from(["BTC", "ETH", "USDT"]), st.integers(0, 5).map(Decimal), max_size=3
)
moments = st.integers(0, 71 * 60).map(lambda minutes: at(minutes=minutes))


@given(
    held=amounts_held,
    moves=st.lists(st.tuples(moments, st.sampled_from(["BTC", "USDT"]), st.integers(-3, 3))),
    readings=st.dictionaries(st.integers(0, 3), amounts_held),
)
def test_the_rebuilt_entries_lead_from_reading_to_reading(
    held: dict[str, Decimal],
    moves: list[tuple[datetime, str, int]],
    readings: dict[int, dict[str, Decimal]],
) -> None:
    entries = tuple(
        balance_change(
            asset=asset, quantity=str(quantity), changed_at=moment, change_id=str(number)
        )
        for number, (moment, asset, quantity) in enumerate(moves)
        if quantity
    )
    known = tuple(
        Checkpoint(midnight(day_of(LINK) - ago) - timedelta(milliseconds=1), quantities)
        for ago, quantities in readings.items()
    )
    account = rebuilt(Past("ada", Checkpoint(LINK, held), midnight(FIRST), entries, known))
    told = [entry for day in account.days.values() for entry in day]
    opening = Checkpoint(midnight(FIRST) - timedelta(milliseconds=1), dict(account.opening))
    for each in (*known, Checkpoint(LINK, held)):
        reached = holdings_at(opening, told, each.taken_at + timedelta(milliseconds=1))
        assert reached == {
            asset: quantity for asset, quantity in each.quantities.items() if quantity
        }
