"""The weight budget of one address keeps room for streams, whatever else is asked."""

from datetime import timedelta

import pytest

from chalicelib.adapters.binance.budget import LIMIT_A_MINUTE, OUR_SHARE, Priority, WeightBudget
from tests.builders import NOON
from tests.unit.ingest.helpers import Clock

ACCOUNTS = 900
_SUBSCRIBE = 2
_CONNECT = 2
_READ = 20
SHARE = LIMIT_A_MINUTE * OUR_SHARE


def greedy(budget: WeightBudget) -> int:
    """Reconcile and import ask until neither gets more; how much they got."""
    got = 0
    while True:
        wanted = (Priority.RECONCILE, Priority.IMPORT)
        taken = sum(not budget.try_spend(_READ, each) for each in wanted)
        if not taken:
            return got
        got += taken * _READ


def subscribed(budget: WeightBudget, wanted: int) -> int:
    """How many of the accounts get their weight before one has to wait."""
    return next(
        (n for n in range(wanted) if budget.try_spend(_SUBSCRIBE, Priority.STREAMS)), wanted
    )


@pytest.mark.parametrize("containers", [1, 2])
def test_900_accounts_subscribe_within_two_fixed_minutes_whoever_was_first(
    containers: int,
) -> None:
    clock = Clock(NOON)
    budget = WeightBudget(clock)
    budget.share_with(containers)
    assert greedy(budget) == SHARE * Priority.RECONCILE.value / containers
    done, minutes = 0, 0
    while done < ACCOUNTS:
        done += subscribed(budget, ACCOUNTS - done)
        greedy(budget)
        clock.now += timedelta(minutes=1)
        minutes += 1
    assert minutes <= 2


def test_900_accounts_subscribe_in_one_fixed_minute_that_nobody_has_begun() -> None:
    budget = WeightBudget(Clock(NOON))
    assert not budget.try_spend(_CONNECT, Priority.STREAMS)
    assert subscribed(budget, ACCOUNTS) == ACCOUNTS
    assert greedy(budget) > 0


def test_in_a_minute_that_others_have_filled_480_accounts_still_subscribe() -> None:
    budget = WeightBudget(Clock(NOON))
    greedy(budget)
    assert subscribed(budget, ACCOUNTS) * _SUBSCRIBE == SHARE * 0.2


def test_nothing_is_left_over_beyond_our_share() -> None:
    budget = WeightBudget(Clock(NOON))
    greedy(budget)
    subscribed(budget, ACCOUNTS)
    assert budget.used() <= SHARE
