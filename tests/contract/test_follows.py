import random
from collections.abc import Iterator

import pytest
from moto import mock_aws

from chalicelib.adapters.dynamo.follows import DynamoFollows
from chalicelib.adapters.dynamo.tables import Tables
from chalicelib.domain.follow import Follow
from sandbox.units import UnitMeter
from tests.builders import NOON, at, seat
from tests.contract.stores import Fresh, Stores


def following(fresh: Fresh, follower: str = "ada", leader: int = 0, minutes: int = 0) -> Follow:
    """That follower of this test and its leader number so much."""
    return Follow(
        f"{fresh.trader}-{follower}",
        f"{fresh.trader}-leader{leader}",
        fresh.seat + leader,
        at(minutes=minutes),
    )


def test_a_follow_is_seen_from_both_sides(stores: Stores, fresh: Fresh) -> None:
    ada, bob, other = (
        following(fresh),
        following(fresh, "bob", minutes=1),
        following(fresh, "ada", leader=1),
    )
    for each in (ada, bob, other):
        stores.follows.put(each)
    assert stores.follows.of_follower(ada.follower_id) == [ada, other]
    assert list(stores.follows.of_leader(ada.leader_id)) == [ada.follower_id, bob.follower_id]
    assert stores.follows.exists(bob.follower_id, bob.leader_id)
    assert not stores.follows.exists(bob.follower_id, other.leader_id)
    assert not stores.follows.exists(ada.leader_id, ada.follower_id)


def test_followers_are_counted_once_however_often_they_are_put(
    stores: Stores, fresh: Fresh
) -> None:
    for follower in ("ada", "bob", "ada", "ada"):
        stores.follows.put(following(fresh, follower))
    assert stores.follows.counts([fresh.seat, fresh.seat + 1]) == {fresh.seat: 2, fresh.seat + 1: 0}


def test_one_who_follows_no_more_is_gone_from_both_sides(stores: Stores, fresh: Fresh) -> None:
    ada, bob = following(fresh), following(fresh, "bob")
    for each in (ada, bob):
        stores.follows.put(each)
    stores.follows.remove(ada)
    stores.follows.remove(ada)
    assert stores.follows.of_follower(ada.follower_id) == []
    assert list(stores.follows.of_leader(ada.leader_id)) == [bob.follower_id]
    assert stores.follows.counts([fresh.seat]) == {fresh.seat: 1}
    assert not stores.follows.exists(ada.follower_id, ada.leader_id)


def test_a_follow_that_never_was_is_removed_without_an_error(stores: Stores, fresh: Fresh) -> None:
    stores.follows.remove(following(fresh))
    assert stores.follows.counts([fresh.seat]) == {fresh.seat: 0}


def test_a_seat_is_read_with_its_followers_which_writing_it_leaves(
    stores: Stores, fresh: Fresh
) -> None:
    stores.seats.put(seat(fresh.seat, name="Ada"))
    stores.follows.put(following(fresh))
    stores.seats.put(seat(fresh.seat, name="Ada", listed=False))
    assert stores.seats.of_seats([fresh.seat])[fresh.seat].followers == 1


def test_a_count_that_was_cut_short_is_right_after_the_next_follow(
    tables: Tables, fresh: Fresh
) -> None:
    follows = DynamoFollows(tables)
    follows._of_leader(following(fresh)).save()
    follows.put(following(fresh, "bob"))
    assert follows.counts([fresh.seat]) == {fresh.seat: 2}


@pytest.fixture(scope="module")
def crowd() -> Iterator[tuple[Tables, DynamoFollows]]:
    """A leader with a thousand followers, in a block where everyone has some."""
    with mock_aws():
        tables = Tables("follow-units-", "eu-central-1")
        tables.create("traders", "history")
        source = random.Random(3)
        numbers: dict[str, object] = {"pk": {"S": "B#0"}, "sk": {"S": "FOLLOWERS"}}
        for place in range(256):
            numbers |= {f"f_{place}": {"N": str(source.randrange(1000))}, f"v_{place}": {"N": "99"}}
        tables.put_each("history", [numbers])
        rows = (f"FOLLOWER#01JTRADER{number:018}" for number in range(1000))
        since = {"N": "1772366400000"}
        pk = {"S": "T#01JLEADER000000000000000017"}
        tables.put_each("traders", ({"pk": pk, "sk": {"S": sk}, "since": since} for sk in rows))
        yield tables, DynamoFollows(tables)


def test_what_a_follow_of_a_crowded_leader_costs(
    crowd: tuple[Tables, DynamoFollows],
) -> None:
    tables, follows = crowd
    meter = UnitMeter()
    with meter.attached(tables.client):
        follows.put(Follow("01JTRADER", "01JLEADER000000000000000017", 17, NOON))
    assert meter.spent.write_units <= 10
    assert meter.spent.read_units <= 30
    assert follows.counts([17]) == {17: 1001}


def test_what_a_board_page_pays_for_its_followers(crowd: tuple[Tables, DynamoFollows]) -> None:
    tables, follows = crowd
    meter = UnitMeter()
    with meter.attached(tables.client):
        follows.counts(range(50))
    assert (meter.spent.calls, meter.spent.read_units <= 1) == (1, True)
