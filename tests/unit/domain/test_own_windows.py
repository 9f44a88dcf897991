"""Why there is no rank, and until when."""

from datetime import timedelta

import pytest

from chalicelib.domain.block import Flag, Kind, Standing, empty_block
from chalicelib.domain.own_windows import Links, Reason, hours_needed, not_ranked
from chalicelib.domain.reading import SeatReading
from chalicelib.domain.windows import DAY, MONTH, WEEK, Window, hour_start

HOUR = 500_000
GOOD = Flag.MARK | Flag.COUNTS
LINKED = Links(since=hour_start(HOUR - 10_000))


def reading(kind: Kind, **values: float) -> SeatReading:
    """Seat 3 with these numbers."""
    block = empty_block(kind)
    for name, value in values.items():
        block.columns[name][3] = value
    return SeatReading(3, {kind: block})


def reasons(
    window: Window = DAY,
    flags: dict[int, Flag] | None = None,
    values: dict[int, float] | None = None,
    links: Links = LINKED,
    **scores: int,
) -> list[tuple[Reason, int | None]]:
    """What stands in the way; hours are counted back from now."""
    flags, values = flags or {}, values or {}
    hours = {
        hour: reading(
            Kind.HOUR,
            flags=flags.get(HOUR - hour, GOOD),
            value=values.get(HOUR - hour, 1000.0),
        )
        for hour in hours_needed(HOUR, window)
    }
    known = {"first_hour": HOUR - 10_000, f"counted_{window.name}": window.hours} | scores
    found = not_ranked(window, HOUR, reading(Kind.SCORES, **known), hours, links)
    return [(each.reason, each.until and each.until - HOUR) for each in found]


def test_a_new_trader_is_ranked_when_his_record_is_as_long_as_the_window() -> None:
    began = HOUR - 3
    assert reasons(first_hour=began) == [(Reason.SHORT_HISTORY, 21)]
    assert reasons(WEEK, first_hour=began) == [(Reason.SHORT_HISTORY, 165)]


def test_without_an_account_there_is_no_end_in_sight() -> None:
    assert reasons(flags={0: Flag.NO_ACCOUNT}, links=Links()) == [(Reason.NO_ACCOUNT, None)]
    assert reasons(first_hour=0, links=Links()) == [(Reason.NO_ACCOUNT, None)]


def test_while_the_key_is_checked_nobody_knows_when() -> None:
    checking = Links(being_checked=True)
    assert reasons(first_hour=0, links=checking) == [(Reason.BEING_CHECKED, None)]


@pytest.mark.parametrize(("minutes", "first_mark"), [(0, 1), (20, 1), (59, 1), (60, 2)])
def test_right_after_linking_the_first_mark_is_that_of_the_next_full_hour(
    minutes: int, first_mark: int
) -> None:
    links = Links(since=hour_start(HOUR) + timedelta(minutes=minutes))
    found = reasons(first_hour=0, links=links)
    assert found == [(Reason.FIRST_HOUR, first_mark + DAY.hours)]
    assert reasons(WEEK, first_hour=0, links=links)[0][1] == first_mark + WEEK.hours


def test_one_who_has_just_linked_again_waits_until_the_hour_without_account_has_left() -> None:
    again = Links(since=hour_start(HOUR) + timedelta(minutes=5))
    found = reasons(flags={0: Flag.NO_ACCOUNT}, barred_24h=1, links=again)
    assert found == [(Reason.BARRED_HOUR, 24)]


@pytest.mark.parametrize("bad", [Flag.THIN, Flag.PAUSED, Flag.NO_ACCOUNT])
def test_a_barred_hour_bars_until_it_has_left_the_window(bad: Flag) -> None:
    assert reasons(flags={5: GOOD | bad}, barred_24h=1) == [(Reason.BARRED_HOUR, 19)]


def test_a_barred_hour_further_back_than_a_day_lasts_at_most_so_long() -> None:
    assert reasons(WEEK, barred_7d=1) == [(Reason.BARRED_HOUR, 144)]
    assert reasons(MONTH, barred_30d=1) == [(Reason.BARRED_HOUR, 696)]


def test_too_many_gaps_last_until_the_newest_has_left() -> None:
    gaps = {2: Flag.MARK, 9: Flag.MARK}
    assert reasons(flags=gaps, counted_24h=22) == [(Reason.GAPS, 22)]


def test_a_small_start_lasts_until_the_window_starts_with_more() -> None:
    small = {24: 50.0, 23: 99.9, 22: 100.0}
    assert reasons(values=small) == [(Reason.SMALL_START, 2)]


def test_one_who_still_has_too_little_has_no_end_in_sight() -> None:
    assert reasons(values={24: 50.0, 0: 60.0}) == [(Reason.SMALL_START, None)]


def test_the_hour_before_may_stand_in_for_a_start_without_a_mark() -> None:
    assert reasons(flags={24: Flag(0)}) == []
    assert reasons(flags={24: Flag(0), 25: Flag(0)}) == [(Reason.NO_MARK_AT_THE_START, 1)]


def test_prices_that_are_missing_now() -> None:
    assert reasons(flags={0: Flag.MARK | Flag.STALE}) == [(Reason.STALE_NOW, None)]
    assert reasons(flags={0: GOOD | Flag.UNPRICED}) == [(Reason.WITHOUT_PRICE, None)]


def test_one_who_is_ranked_is_told_nothing() -> None:
    ranks = empty_block(Kind.RANKS)
    ranks.columns["rank_24h"][3] = 7
    scores = empty_block(Kind.SCORES)
    scores.columns["standing_24h"][3] = Standing.RANKED
    both = SeatReading(3, {Kind.RANKS: ranks, Kind.SCORES: scores})
    hours = {each: reading(Kind.HOUR, flags=GOOD) for each in hours_needed(HOUR, DAY)}
    assert not_ranked(DAY, HOUR, both, hours, LINKED) == []
