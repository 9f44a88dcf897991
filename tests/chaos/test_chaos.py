"""A seeded few schedules of faults; `make chaos` plays as many as are wanted."""

import pytest
from hypothesis import given, settings

from tests.chaos.many import Tally, play_many
from tests.chaos.play import play
from tests.chaos.schedule import Step, parsed, schedules, told

ONCE_WRONG = [
    # an account that went on with another key was never subscribed again
    "start red; link ann.1; pass 20; rekey ann.1",
    # the answer to an unsubscribe was lost
    "start red; link ann.1; pass 20; rekey ann.1; act ann.1 buy-for-money 0; "
    "act ann.1 buy-for-money 0; answers timeout * 1 not; act ann.1 buy-for-money 0",
    # the answer to a subscribe was lost
    "start red; link ann.1; answers timeout userDataStream.* 1 executed; pass 60",
]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_goes_wrong_the_league_ends_with_the_exchanges_own_books(seed: int) -> None:
    tally = Tally()
    play_many(60, seed, tally)
    assert tally.played == 60
    assert tally.struck > 10


@given(steps=schedules())
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
def test_whatever_hypothesis_thinks_of_the_books_are_right(steps: list[Step]) -> None:
    play(steps)


@pytest.mark.parametrize("schedule", ONCE_WRONG)
def test_what_went_wrong_once_goes_right(schedule: str) -> None:
    play(parsed(schedule))


def test_the_same_schedule_ends_the_same() -> None:
    steps = parsed(
        "start red; start blue; link ann.1; link bob.1; pass 20; act ann.1 convert 7; "
        "mail events shuffle 1; strike twice ledger.add 1 2; act bob.1 buy-for-money 3; "
        "kill red; hour; act ann.1 deposit 12; hour"
    )
    first, second = play(steps), play(steps)
    assert first.plan.calls == second.plan.calls
    assert first.plan.struck == second.plan.struck
    assert [*first.backing.stores.holdings.of_shard(0)] == [
        *second.backing.stores.holdings.of_shard(0)
    ]


def test_a_schedule_is_what_its_text_says() -> None:
    text = "start red; act ann.1 buy-for-money 0; strike killed-after ledger.add 2 1; hour"
    assert told(parsed(text)) == text
