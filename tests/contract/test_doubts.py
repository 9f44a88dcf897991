from tests.builders import NOON, at
from tests.contract.stores import Fresh, Stores


def test_a_doubt_is_found_by_its_slot_alone(stores: Stores, fresh: Fresh) -> None:
    stores.doubts.put(fresh.number, "ada", NOON)
    stores.doubts.put(fresh.number, "bob", at(minutes=1))
    assert stores.doubts.of_slot(fresh.number) == {"ada": NOON, "bob": at(minutes=1)}
    assert stores.doubts.of_slot(fresh.number + 100_000) == {}


def test_a_newer_doubt_takes_the_place_of_an_older_one(stores: Stores, fresh: Fresh) -> None:
    stores.doubts.put(fresh.number, "ada", NOON)
    stores.doubts.put(fresh.number, "ada", at(minutes=1))
    assert stores.doubts.of_slot(fresh.number) == {"ada": at(minutes=1)}


def test_a_settled_doubt_is_gone(stores: Stores, fresh: Fresh) -> None:
    stores.doubts.put(fresh.number, "ada", NOON)
    stores.doubts.remove(fresh.number, "ada", NOON)
    stores.doubts.remove(fresh.number, "ada", NOON)
    assert stores.doubts.of_slot(fresh.number) == {}


def test_settling_an_older_doubt_leaves_the_newer_one(stores: Stores, fresh: Fresh) -> None:
    stores.doubts.put(fresh.number, "ada", at(minutes=1))
    stores.doubts.remove(fresh.number, "ada", NOON)
    assert stores.doubts.of_slot(fresh.number) == {"ada": at(minutes=1)}
