"""The Traders port: profiles, unique names, seats."""

from dataclasses import replace

import pytest

from chalicelib.domain.account import Audience, Trader, TradesView, Visibility
from chalicelib.domain.errors import Conflict, InvalidRequest, NotFound
from tests.builders import NOON, at, trader
from tests.contract.stores import Fresh, Stores


def join(stores: Stores, fresh: Fresh, name: str, number: int) -> Trader:
    joined = trader(trader_id=f"{fresh.trader}-{number}", name=name, seat=fresh.seat + number)
    stores.traders.claim_name(name, joined.trader_id, joined.seat, NOON)
    stores.traders.save(joined)
    return joined


def test_seats_count_up_and_are_never_handed_out_twice(stores: Stores) -> None:
    seats = [stores.traders.next_seat() for _ in range(5)]
    assert seats == list(range(seats[0], seats[0] + 5))
    assert seats[0] >= 0


@pytest.mark.parametrize(
    "profile",
    [
        trader(),
        trader(
            visibility=Visibility(
                listed=False,
                trades=TradesView.EXACT,
                trades_for=Audience.FOLLOWERS,
                allocation_for=Audience.NOBODY,
            ),
            joined_at=at(milliseconds=123),
            retired_at=at(hours=24),
        ),
    ],
)
def test_a_profile_comes_back_as_it_was_saved(stores: Stores, profile: Trader) -> None:
    stores.traders.save(profile)
    assert stores.traders.get(profile.trader_id) == profile


def test_a_trader_who_never_joined_is_not_found(stores: Stores, fresh: Fresh) -> None:
    with pytest.raises(NotFound, match=fresh.trader):
        stores.traders.get(fresh.trader)


@pytest.mark.parametrize("spelling", ["Ada Straße", "ADA STRASSE", "ada strasse"])
def test_a_name_is_found_without_regard_to_case(
    stores: Stores, fresh: Fresh, spelling: str
) -> None:
    joined = join(stores, fresh, f"Ada Straße {fresh.number}", 1)
    assert stores.traders.by_name(f"{spelling} {fresh.number}") == joined


@pytest.mark.parametrize("name", ["", "Nobody", "Somebody whose profile never came"])
def test_a_name_without_a_profile_is_not_found(stores: Stores, fresh: Fresh, name: str) -> None:
    if name.startswith("Somebody"):
        stores.traders.claim_name(name, fresh.trader, fresh.seat, NOON)
    with pytest.raises(NotFound):
        stores.traders.by_name(name)


def test_a_taken_name_is_refused_in_any_case(stores: Stores, fresh: Fresh) -> None:
    join(stores, fresh, fresh.name, 1)
    with pytest.raises(Conflict, match="is taken"):
        stores.traders.claim_name(fresh.name.upper(), "another", 9, at(hours=100))


def test_a_claim_may_be_repeated(stores: Stores, fresh: Fresh) -> None:
    stores.traders.claim_name(fresh.name, fresh.trader, fresh.seat, NOON)
    stores.traders.claim_name(fresh.name, fresh.trader, fresh.seat, at(minutes=1))
    join(stores, fresh, fresh.name + "b", 1)
    join(stores, fresh, fresh.name + "b", 1)


def test_a_name_whose_profile_never_came_is_free_after_an_hour(
    stores: Stores, fresh: Fresh
) -> None:
    stores.traders.claim_name(fresh.name, "gone", 9, NOON)
    with pytest.raises(Conflict):
        stores.traders.claim_name(fresh.name, fresh.trader, fresh.seat, at(hours=1))
    later = at(hours=1, milliseconds=1)
    stores.traders.claim_name(fresh.name, fresh.trader, fresh.seat, later)
    with pytest.raises(Conflict):
        stores.traders.claim_name(fresh.name, "gone", 9, later)


def test_names_are_found_by_how_they_start(stores: Stores, fresh: Fresh) -> None:
    start = f"Zoë{fresh.number}"
    for number, rest in enumerate(["-B", "-a", "", "-aa", "x"]):
        join(stores, fresh, start + rest, number)
    found = stores.traders.starting_with(start.upper() + "-A", 10)
    assert found == [(start + "-a", fresh.seat + 1), (start + "-aa", fresh.seat + 3)]
    assert len(stores.traders.starting_with(start, 3)) == 3
    assert stores.traders.starting_with(start, 3)[0] == (start, fresh.seat + 2)
    assert stores.traders.starting_with(start + "?", 3) == []


def test_an_empty_start_is_refused(stores: Stores) -> None:
    with pytest.raises(InvalidRequest):
        stores.traders.starting_with("", 3)


def test_a_sign_up_holds_its_name_without_being_found(stores: Stores, fresh: Fresh) -> None:
    stores.traders.claim_name(fresh.name, fresh.trader, None, NOON)
    assert stores.traders.holder_of(fresh.name.upper()) == fresh.trader
    assert stores.traders.starting_with(fresh.name, 3) == []
    with pytest.raises(NotFound):
        stores.traders.by_name(fresh.name)
    with pytest.raises(Conflict):
        stores.traders.claim_name(fresh.name, "another", 9, at(minutes=59))


def test_a_sign_up_that_is_confirmed_gets_a_seat(stores: Stores, fresh: Fresh) -> None:
    stores.traders.claim_name(fresh.name, f"{fresh.trader}-1", None, NOON)
    joined = join(stores, fresh, fresh.name, 1)
    assert stores.traders.by_name(fresh.name) == joined
    assert stores.traders.starting_with(fresh.name, 3) == [(fresh.name, joined.seat)]


def test_a_name_is_given_up_by_its_holder_alone(stores: Stores, fresh: Fresh) -> None:
    stores.traders.claim_name(fresh.name, fresh.trader, None, NOON)
    stores.traders.release_name(fresh.name, "another")
    assert stores.traders.holder_of(fresh.name) == fresh.trader
    stores.traders.release_name(fresh.name, fresh.trader)
    stores.traders.release_name(fresh.name, fresh.trader)
    assert stores.traders.holder_of(fresh.name) is None
    stores.traders.claim_name(fresh.name, "another", None, NOON)


def test_a_removed_profile_is_gone_and_its_name_free(stores: Stores, fresh: Fresh) -> None:
    joined = join(stores, fresh, fresh.name, 1)
    leaving = replace(joined, leaving=True)
    stores.traders.save(leaving)
    assert stores.traders.get(joined.trader_id) == leaving
    for _ in range(2):
        stores.traders.remove(joined.trader_id)
    with pytest.raises(NotFound):
        stores.traders.by_name(fresh.name)
    stores.traders.claim_name(fresh.name, "another", 9, at(hours=2))
