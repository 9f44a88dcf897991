"""The Throttle port: counters in fixed windows."""

from datetime import timedelta

from tests.builders import NOON, at
from tests.contract.stores import Fresh, Stores


def test_tries_of_a_window_add_up(stores: Stores, fresh: Fresh) -> None:
    key = f"sign-in#{fresh.number}"
    counts = [stores.throttle.count(key, 600, NOON + timedelta(minutes=n)) for n in range(10)]
    assert counts == list(range(1, 11))


def test_the_next_window_begins_at_nothing(stores: Stores, fresh: Fresh) -> None:
    key = f"sign-in#{fresh.number}"
    assert stores.throttle.count(key, 600, at(minutes=9, milliseconds=59_999)) == 1
    assert stores.throttle.count(key, 600, at(minutes=10)) == 1
    assert stores.throttle.count(key, 600, at(minutes=9)) == 2


def test_keys_and_lengths_are_counted_apart(stores: Stores, fresh: Fresh) -> None:
    one, other = f"sign-in#{fresh.number}", f"sign-up#{fresh.number}"
    assert stores.throttle.count(one, 600, NOON) == 1
    assert stores.throttle.count(other, 600, NOON) == 1
    assert stores.throttle.count(one, 3600, NOON) == 1
    assert stores.throttle.count(one, 600, NOON) == 2
