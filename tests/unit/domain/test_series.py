"""The dated line of a profile."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.performance import INDEX_FLOOR
from chalicelib.domain.series import DayMark, cumulative

FIRST = date(2026, 3, 1)


def line(*marks: tuple[float | None, str | None]) -> list[tuple[str | None, str | None]]:
    """The points of consecutive days with these indices and BTC prices, as text."""
    points = cumulative(
        [
            DayMark(FIRST + timedelta(days=n), index, Decimal(btc) if btc else None)
            for n, (index, btc) in enumerate(marks)
        ]
    )
    return [
        (
            None if point.cumulative is None else str(point.cumulative),
            None if point.btc is None else str(point.btc),
        )
        for point in points
    ]


@pytest.mark.parametrize(
    ("marks", "points"),
    [
        ([(2.0, "50000"), (2.2, "40000")], [("0.00", "0.00"), ("10.00", "-20.00")]),
        (
            [(1.0, "10"), (None, "11"), (1.5, None)],
            [("0.00", "0.00"), (None, "10.00"), ("50.00", None)],
        ),
        (
            [(None, "10"), (1.0, "20"), (1.1, "30")],
            [(None, None), ("0.00", "0.00"), ("10.00", "50.00")],
        ),
        (
            [(None, None), (None, "20"), (None, "30")],
            [(None, None), (None, "0.00"), (None, "50.00")],
        ),
        ([(None, None)], [(None, None)]),
        ([(1.0, None), (1.1, "30")], [("0.00", None), ("10.00", None)]),
        ([(INDEX_FLOOR, "10"), (1.0, "10")], [(None, "0.00"), (None, "0.00")]),
        ([(2e-9, "10"), (INDEX_FLOOR, "10")], [("0.00", "0.00"), ("-100.00", "0.00")]),
        ([], []),
    ],
    ids=[
        "both rebased to the first point",
        "a gap is unknown",
        "starts with the first index",
        "without an index BTC starts with its first price",
        "nothing known",
        "no price at the start",
        "cannot start at the floor",
        "the floor is a loss of everything",
        "no days",
    ],
)
def test_the_cumulative_line(
    marks: list[tuple[float | None, str | None]], points: list[tuple[str | None, str | None]]
) -> None:
    assert line(*marks) == points
