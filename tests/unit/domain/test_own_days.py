"""What a trader made each day."""

from decimal import Decimal

from chalicelib.domain.block import Block, Flag, Kind, empty_block
from chalicelib.domain.own_days import UNKNOWN, Closing, OwnDay, closing, own_days
from chalicelib.domain.reading import SeatReading


def ended(value: str | None, net_flow: str = "0") -> Closing:
    return Closing(None if value is None else Decimal(value), Decimal(net_flow))


def test_flows_are_no_gain() -> None:
    found = own_days({1: ended("1000"), 2: ended("1995", "1000"), 3: ended("995", "-1000")}, 0)
    assert [found[day].pnl_usdt for day in (1, 2, 3)] == [None, -5, 0]
    assert found[3].net_worth_usdt == 995


def test_the_day_of_the_link_starts_with_nothing_and_the_link_is_its_flow() -> None:
    assert own_days({4: ended("1010", "1000")}, 4)[4] == OwnDay(Decimal(10), Decimal(1010))


def test_a_day_without_a_mark_leaves_the_next_one_without_a_start() -> None:
    found = own_days({1: ended("1"), 2: ended(None), 3: ended("3")}, 0)
    assert found[2] == UNKNOWN
    assert found[3] == OwnDay(None, Decimal(3))


def day(**values: float) -> SeatReading:
    block: Block = empty_block(Kind.DAY)
    for name, value in values.items():
        block.columns[name][7] = value
    return SeatReading(7, {Kind.DAY: block})


def test_who_had_no_account_at_the_end_of_a_day_had_nothing_there() -> None:
    gone = day(flags=Flag.NO_ACCOUNT, withdrawals=990_00000000)
    found = own_days({1: ended("1000"), 2: closing(gone, Kind.DAY, gone.net_flow(Kind.DAY))}, 0)
    assert found[2] == OwnDay(Decimal(-10), Decimal(0))


def test_of_a_day_that_is_not_stored_nothing_is_known() -> None:
    assert closing(SeatReading(7, {}), Kind.DAY, Decimal(0)).value is None
