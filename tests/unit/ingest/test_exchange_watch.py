"""When the exchange is asked how it does, and what is stored of it."""

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.errors import (
    ExchangeUnavailable,
    KeyRevoked,
    RateLimited,
    RegionRefused,
)
from chalicelib.domain.exchange_condition import Condition, ExchangeCondition
from chalicelib.services.exchange_ports import ExchangeState
from ingest_container.exchange_watch import ExchangeWatch
from tests.builders import NOON, at
from tests.unit.ingest.helpers import World

LOST = ExchangeUnavailable("no answer")


class Watched:
    """A world whose exchange is watched, and was heard of."""

    def __init__(self) -> None:
        self.world = World()
        self.contact = self.world.contact
        self.watch = ExchangeWatch(self.world.outside())
        self.contact.answered()
        self.look()

    def look(self, seconds: float = 0) -> None:
        """Look so many seconds later."""
        self.world.machine.now += timedelta(seconds=seconds)
        self.watch.look()

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            self.contact.failed(LOST)

    def state_fails(self) -> None:
        """From now on the exchange does not say how it does."""
        self.world.exchange.fail("state", *[LOST] * 100)

    @property
    def asked(self) -> int:
        return self.world.exchange.calls.count("state")

    @property
    def written(self) -> list[tuple[Condition, datetime]]:
        return [(each.condition, each.since) for each in self.world.fakes.conditions.written]


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_an_exchange_that_does_well_is_stored_once_and_not_asked(watched: Watched) -> None:
    for _ in range(1000):
        watched.contact.answered()
        watched.look(3.6)
    assert watched.written == [(Condition.OK, NOON)]
    assert watched.asked == 0


def test_nothing_is_stored_before_anything_was_heard() -> None:
    world = World()
    ExchangeWatch(world.outside()).look()
    assert world.fakes.conditions.written == []


def test_a_single_failure_changes_nothing_and_is_asked_about_once(watched: Watched) -> None:
    watched.fail()
    watched.look(20)
    watched.contact.answered()
    for _ in range(600):
        watched.look(1)
    assert watched.asked == 1
    assert watched.written == [(Condition.OK, NOON)]


def test_half_a_minute_without_an_answer_is_unreachable_since_the_first_failure(
    watched: Watched,
) -> None:
    watched.look(60)
    watched.state_fails()
    watched.fail(2)
    watched.look(29.9)
    assert len(watched.written) == 1
    watched.look(0.1)
    assert watched.written[1:] == [(Condition.UNREACHABLE, at(minutes=1))]
    watched.look(20)
    watched.contact.answered()
    watched.look()
    assert watched.written[2:] == [(Condition.OK, at(minutes=1, seconds=50))]


def test_one_failure_with_nothing_asked_since_is_not_unreachable(watched: Watched) -> None:
    watched.fail()
    watched.look(60)
    assert len(watched.written) == 1


def test_an_exchange_that_is_closed_says_so_itself(watched: Watched) -> None:
    watched.look(60)
    watched.world.exchange.said = ExchangeState.MAINTENANCE
    watched.fail()
    watched.look()
    watched.contact.answered()  # public calls go on
    watched.look(20)
    assert watched.written[1:] == [(Condition.MAINTENANCE, at(minutes=1))]


def test_maintenance_ends_with_the_exchanges_own_word(watched: Watched) -> None:
    watched.world.exchange.said = ExchangeState.MAINTENANCE
    watched.fail()
    watched.look(60)
    watched.contact.answered()
    watched.world.exchange.said = ExchangeState.OPEN
    watched.look(119)
    assert watched.written[-1][0] is Condition.MAINTENANCE
    watched.look(1)
    assert watched.written[-1] == (Condition.OK, at(minutes=3))


def test_maintenance_ends_when_an_account_is_served_again(watched: Watched) -> None:
    watched.world.exchange.said = ExchangeState.MAINTENANCE
    watched.fail()
    watched.look(60)
    watched.contact.answered(account=True)
    watched.look(20)
    assert watched.written[-1] == (Condition.OK, at(minutes=1, seconds=20))
    assert watched.asked == 1


def test_trouble_that_goes_on_is_asked_about_every_other_minute(watched: Watched) -> None:
    watched.state_fails()
    for _ in range(600):
        watched.fail()
        watched.look(1)
    assert watched.asked == 5
    assert len(watched.written) == 2


def test_while_banned_nothing_is_asked_and_the_stated_end_is_stored(watched: Watched) -> None:
    until = at(hours=1)
    watched.look(60)
    watched.fail(3)
    watched.contact.failed(RateLimited("shut out", until, banned=True))
    watched.look()
    for _ in range(117):
        watched.look(30)
    stored = watched.world.fakes.conditions.written[1:]
    assert stored == [ExchangeCondition(Condition.BANNED, at(minutes=1), until)]
    assert watched.asked == 0


def test_after_a_ban_the_exchange_is_asked_by_itself(watched: Watched) -> None:
    watched.contact.failed(RateLimited("shut out", at(hours=1), banned=True))
    watched.look(60)
    watched.look(59 * 60)
    assert watched.asked == 1
    assert watched.written[-1] == (Condition.OK, at(hours=1))


def test_a_spent_limit_is_no_trouble(watched: Watched) -> None:
    watched.contact.failed(RateLimited("slow down", at(minutes=1)))
    watched.look(60)
    assert (len(watched.written), watched.asked) == (1, 0)


def test_a_key_that_is_refused_is_no_trouble(watched: Watched) -> None:
    watched.contact.failed(KeyRevoked("unknown key"))
    watched.look(60)
    assert (len(watched.written), watched.asked) == (1, 0)


def test_a_region_that_is_not_served_is_named(watched: Watched) -> None:
    watched.world.exchange.fail("state", RegionRefused("not here"))
    watched.look(60)
    watched.contact.failed(RegionRefused("not here"))
    watched.look()
    assert watched.written[1:] == [(Condition.REGION_REFUSED, at(minutes=1))]
    watched.contact.answered()
    watched.look(15)
    assert watched.written[-1][0] is Condition.OK


def test_changes_are_stored_at_most_four_times_a_minute(watched: Watched) -> None:
    for second in range(600):
        if second % 2:
            watched.contact.failed(RegionRefused("not here"))
        else:
            watched.contact.answered()
        watched.look(1)
    assert len(watched.written) <= 41


def test_who_takes_over_goes_on_from_what_is_stored(watched: Watched) -> None:
    watched.look(60)
    watched.world.exchange.said = ExchangeState.MAINTENANCE
    watched.fail()
    watched.look()
    successor = ExchangeWatch(watched.world.outside())
    watched.world.machine.now += timedelta(minutes=1)
    successor.look()
    assert watched.written[1:] == [(Condition.MAINTENANCE, at(minutes=1))]
