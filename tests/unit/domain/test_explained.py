"""A league number taken apart says what the number was made of."""

from decimal import Decimal

from chalicelib.domain.block import Block, Flag, Kind, empty_block
from chalicelib.domain.explained import explained
from chalicelib.domain.windows import DAY

HOUR, SEAT = 500_000, 300
GOOD = Flag.MARK | Flag.COUNTS


def block(kind: Kind, **values: float) -> Block:
    made = empty_block(kind)
    for name, value in values.items():
        made.columns[name][SEAT % 256] = value
    return made


def test_a_fortune_that_joins_in_the_middle() -> None:
    scores = block(
        Kind.SCORES,
        deposits_24h=8000_00000000,
        net_24h=8000_000000,
        weighted_24h=8000_000000 * 12,
    )
    hours = {
        HOUR: block(Kind.HOUR, value=10_200, index=1.1, flags=GOOD),
        HOUR - 24: block(Kind.HOUR, value=2000, index=1.0, flags=GOOD),
    }
    found = explained(DAY, SEAT, HOUR, scores, hours)
    assert (found.twr, found.mwr) == (Decimal("10"), Decimal("3.33333333"))
    assert [found.pnl, found.deposits, found.withdrawals] == [200, 8000, 0]
    assert found.value_at_start == 2000


def test_the_hour_before_the_start_counts_its_flows_too() -> None:
    hours = {
        HOUR: block(Kind.HOUR, value=2100, index=1.1, flags=GOOD),
        HOUR - 24: block(Kind.HOUR, deposits=1000_00000000),
        HOUR - 25: block(Kind.HOUR, value=1000, index=1.0, flags=GOOD),
    }
    found = explained(DAY, SEAT, HOUR, block(Kind.SCORES), hours)
    assert [found.deposits, found.pnl] == [1000, 100]


def test_without_marks_nothing_is_known() -> None:
    found = explained(DAY, SEAT, HOUR, None, {})
    assert found.twr is found.mwr is found.pnl is found.value_at_start is None
    assert found.deposits == found.withdrawals == 0
