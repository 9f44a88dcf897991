from tests.builders import NOON, at
from tests.contract.stores import Fresh, Stores


def test_a_doubt_is_found_by_its_slot_alone(stores: Stores, fresh: Fresh) -> None:
    stores.doubts.put(fresh.number, "ada", NOON)
    stores.doubts.put(fresh.number, "bob", at(minutes=1))
    assert stores.doubts.of_slot(fresh.number) == {"ada": {NOON}, "bob": {at(minutes=1)}}
    assert stores.doubts.of_slot(fresh.number + 100_000) == {}


def test_each_instant_of_doubt_is_noted_once(stores: Stores, fresh: Fresh) -> None:
    stores.doubts.put(fresh.number, "ada", NOON)
    stores.doubts.put(fresh.number, "ada", at(minutes=1))
    stores.doubts.put(fresh.number, "ada", NOON)
    assert stores.doubts.of_slot(fresh.number) == {"ada": {NOON, at(minutes=1)}}


def test_a_settled_doubt_is_gone(stores: Stores, fresh: Fresh) -> None:
    stores.doubts.put(fresh.number, "ada", NOON)
    stores.doubts.remove(fresh.number, "ada", NOON)
    stores.doubts.remove(fresh.number, "ada", NOON)
    assert stores.doubts.of_slot(fresh.number) == {}


def test_settling_one_doubt_leaves_the_others(stores: Stores, fresh: Fresh) -> None:
    stores.doubts.put(fresh.number, "ada", NOON)
    stores.doubts.put(fresh.number, "ada", at(minutes=1))
    stores.doubts.remove(fresh.number, "ada", NOON)
    assert stores.doubts.of_slot(fresh.number) == {"ada": {at(minutes=1)}}
