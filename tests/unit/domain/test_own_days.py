"""What a trader made each day."""

from decimal import Decimal

from chalicelib.domain.block import Block, Flag, Kind, empty_block
from chalicelib.domain.own_days import (
    UNKNOWN,
    Closing,
    Flows,
    OwnDay,
    closing,
    flows_of,
    net_flows,
    own_days,
)
from chalicelib.domain.reading import SeatReading


def ended(value: str | None, net_flow: str = "0") -> Closing:
    return Closing(None if value is None else Decimal(value), net_flows(Decimal(net_flow)))


def made(gain: int | None, worth: int, came: int, went: int) -> OwnDay:
    return OwnDay(
        None if gain is None else Decimal(gain), Decimal(worth), Decimal(came), Decimal(went)
    )


def test_flows_are_no_gain() -> None:
    found = own_days({1: ended("1000"), 2: ended("1995", "1000"), 3: ended("995", "-1000")}, 0)
    assert [found[day].pnl_usdt for day in (1, 2, 3)] == [None, -5, 0]
    assert found[3].net_worth_usdt == 995


def test_the_day_of_the_link_starts_with_nothing_and_the_link_is_its_flow() -> None:
    assert own_days({4: ended("1010", "1000")}, 4)[4] == made(10, 1010, 1000, 0)


def test_a_day_without_a_mark_leaves_the_next_one_without_a_start() -> None:
    found = own_days({1: ended("1"), 2: ended(None), 3: ended("3")}, 0)
    assert found[2] == UNKNOWN
    assert found[3] == made(None, 3, 0, 0)


def day(**values: float) -> SeatReading:
    block: Block = empty_block(Kind.DAY)
    for name, value in values.items():
        block.columns[name][7] = value
    return SeatReading(7, {Kind.DAY: block})


def test_who_had_no_account_at_the_end_of_a_day_had_nothing_there() -> None:
    gone = day(flags=Flag.NO_ACCOUNT, withdrawals=990_00000000)
    found = own_days({1: ended("1000"), 2: closing(gone, Kind.DAY, flows_of([gone], Kind.DAY))}, 0)
    assert found[2] == made(-10, 0, 0, 990)


def test_of_a_day_that_is_not_stored_nothing_is_known() -> None:
    assert closing(SeatReading(7, {}), Kind.DAY, net_flows(Decimal(0))).value is None


def test_what_came_in_and_went_out_of_several_hours_stands_apart() -> None:
    found = flows_of([day(deposits=5_00000000), day(withdrawals=2_50000000)], Kind.DAY)
    assert found == Flows(Decimal(5), Decimal("2.5"))
    assert found.net == Decimal("2.5")
