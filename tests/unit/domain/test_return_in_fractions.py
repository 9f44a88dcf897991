"""The return of a day computed once more in fractions, beside the replay and the columns."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import Standing
from chalicelib.domain.hour import TraderHour
from chalicelib.domain.money import eight_decimals, plain, shown_percent
from sandbox.replay import replay
from sandbox.timeline_file import read_timeline
from tests.unit.domain.timeline import START, Timeline, flow, instant, shown, standing, worth

HOURS = 24


class Step(NamedTuple):
    """A mark or a flow: quarters of an hour since the start, value before it, flow (in cents)."""

    quarter: int
    value: int
    flow: int


@st.composite
def paths(draw: st.DrawFn) -> list[Step]:
    """A value at every hour and flows at some quarters; what is held is never negative."""
    flows = draw(st.dictionaries(st.integers(0, HOURS * 4 - 1), st.integers(-120, 400), max_size=6))
    held = draw(st.integers(2, 500_000))
    steps = []
    for quarter in range(HOURS * 4 + 1):
        if quarter % 4 and quarter not in flows:
            continue
        held = held * draw(st.integers(85, 118)) // 100
        moved = max(-held, held * flows.get(quarter, 0) // 100 + draw(st.sampled_from([0, 0, 1])))
        change = moved if quarter in flows else 0
        steps.append(Step(quarter, held, change))
        held += change
    return steps


class Answer(NamedTuple):
    """Percentages with 8 and with 2 decimals."""

    twr: Decimal
    mwr: Decimal | None
    shown: Decimal
    capped: bool


def in_fractions(steps: list[Step]) -> Answer:
    """By the text of the rules, with nothing rounded before the end."""
    floor, index, last, paused = Fraction(1, 10**9), Fraction(1), None, False
    for step in steps:
        if last and not paused:
            index = max(index * step.value / last, floor)
        last = step.value + step.flow
        if step.flow:
            paused = last <= 100
    start, end = steps[0].value, steps[-1].value
    flows = [(step.flow, Fraction(HOURS * 4 - step.quarter, HOURS * 4)) for step in steps[:-1]]
    gain = end - start - sum(each for each, _ in flows)
    deposits = sum(each for each, _ in flows if each > 0)
    withdrawals = -sum(each for each, _ in flows if each < 0)
    invested = start + sum(each * left for each, left in flows)
    twr = Fraction(-1) if index == floor else index - 1
    mwr = Fraction(gain) / invested if invested > 0 else None
    if mwr is not None and mwr < -1:
        mwr = None
    number = twr
    if deposits > max(0, start - withdrawals):
        number = min(twr, Fraction(gain, start + deposits) if mwr is None else mwr)
    result, full = shown_percent(_percent(number)), shown_percent(_percent(twr))
    return Answer(
        eight_decimals(_percent(twr)),
        None if mwr is None else eight_decimals(_percent(mwr)),
        result,
        result < full,
    )


def _percent(ratio: Fraction) -> Decimal:
    """To 30 decimals, which no rounding at the 8th can tell from the fraction."""
    return Decimal(int(ratio * 100 * 10**20)).scaleb(-20)


def _usdt(cents: int) -> str:
    return plain(Decimal(cents) / 100)


def replayed(steps: list[Step]) -> Answer:
    marks = [
        {
            "hour": step.quarter / 4,
            "accounts": {"A": {"USDT": _usdt(step.value)}},
            "flows": [{"account": "A", "asset": "USDT", "quantity": _usdt(step.flow)}],
        }
        for step in steps
    ]
    found = replay(read_timeline(json.dumps({"window_hours": HOURS, "marks": marks})))
    mwr = found["mwr_pct"]
    return Answer(
        Decimal(str(found["twr_pct"])),
        None if mwr is None else Decimal(str(mwr)),
        Decimal(str(found["shown_pct"])),
        bool(found["capped"]),
    )


def in_columns(steps: list[Step]) -> tuple[Decimal, bool]:
    made = Timeline()
    for hour in range(HOURS + 1):
        points = tuple(
            flow(_usdt(step.value), _usdt(step.flow), instant(step.quarter / 4))
            for step in steps
            if hour * 4 - 4 <= step.quarter < hour * 4 and step.flow
        )
        value = next(step.value for step in steps if step.quarter == hour * 4)
        made.take(START + hour, {0: TraderHour(worth(_usdt(value)), points)})
    scores = made.scores[START + HOURS]
    number = shown(scores)
    assert number is not None
    return Decimal(number), bool(standing(scores) & Standing.CAPPED)


@settings(max_examples=100, deadline=None)
@given(paths())
def test_the_replay_gives_the_numbers_of_exact_arithmetic(steps: list[Step]) -> None:
    assert replayed(steps) == in_fractions(steps)


@settings(max_examples=15, deadline=None)
@given(paths())
def test_the_hourly_columns_show_the_numbers_of_exact_arithmetic(steps: list[Step]) -> None:
    found = in_fractions(steps)
    assert in_columns(steps) == (found.shown, found.capped)
