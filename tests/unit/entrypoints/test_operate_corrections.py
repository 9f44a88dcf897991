"""What late events corrected, as a table."""

import re

from chalicelib.domain.corrections import Corrected
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.entrypoints.operate_corrections import record_lines
from tests.builders import NOON

HOUR = hour_of(NOON)


def record(seat: int = 7, account_id: str = "ACC", clamped: bool = False) -> Corrected:
    return Corrected(
        account_id=account_id,
        seat=seat,
        at_hour=HOUR,
        touched_hour=HOUR - 1000 if clamped else HOUR - 2,
        from_hour=HOUR - 2,
        entry_ids=tuple(f"T#BTCUSDT#{number}" for number in range(7)),
        before={"24h": -105, "7d": None, "30d": 5},
        after={"24h": 1234, "7d": None, "30d": 0},
    )


def test_a_line_tells_when_from_when_by_what_and_both_numbers() -> None:
    header, line = record_lines([record()])
    assert re.split(r"  +", line) == [
        "2026-03-01T12",
        "7",
        "ACC",
        "2026-03-01T10",
        "-1.05 / – / 0.05",
        "12.34 / – / 0.00",
        "T#BTCUSDT#0 T#BTCUSDT#1 T#BTCUSDT#2 T#BTCUSDT#3 T#BTCUSDT#4 and 2 more",
    ]
    assert header.startswith("corrected at")


def test_a_clamped_correction_says_what_it_would_have_touched() -> None:
    _, line = record_lines([record(clamped=True)])
    assert f"2026-03-01T10 (touched {hour_start(HOUR - 1000):%Y-%m-%dT%H})" in line
