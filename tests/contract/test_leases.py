"""The Leases port: one holder at a time, and who holds what of a group."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.services.ports import Lease
from tests.builders import NOON, at
from tests.contract.stores import Fresh, Stores


def lease(fresh: Fresh, holder: str = "one", second: float = 0, name: str = "slot 0") -> Lease:
    """Half a minute from that second on."""
    return Lease(f"group {fresh.number}", name, holder, at(seconds=second) + timedelta(seconds=30))


def taken(stores: Stores, wanted: Lease) -> bool:
    return stores.leases.acquire(wanted, wanted.until - timedelta(seconds=30))


def test_a_lease_has_one_holder(stores: Stores, fresh: Fresh) -> None:
    assert taken(stores, lease(fresh))
    assert not taken(stores, lease(fresh, "two", 29))
    assert taken(stores, lease(fresh, "two", name="slot 1"))


def test_a_holder_renews_his_lease(stores: Stores, fresh: Fresh) -> None:
    assert taken(stores, lease(fresh))
    assert taken(stores, lease(fresh, second=20))
    assert not taken(stores, lease(fresh, "two", 49))


@pytest.mark.parametrize(("second", "free"), [(29.999, False), (30, True), (9999, True)])
def test_a_lease_that_ended_is_free(
    stores: Stores, fresh: Fresh, second: float, free: bool
) -> None:
    assert taken(stores, lease(fresh))
    assert taken(stores, lease(fresh, "two", second)) is free
    assert taken(stores, lease(fresh, "one", second)) is not free


def test_only_its_holder_gives_a_lease_up(stores: Stores, fresh: Fresh) -> None:
    stores.leases.release(lease(fresh))
    assert taken(stores, lease(fresh))
    stores.leases.release(lease(fresh, "two"))
    assert not taken(stores, lease(fresh, "two"))
    stores.leases.release(lease(fresh))
    assert taken(stores, lease(fresh, "two"))


def test_a_group_is_read_whole_by_name_with_what_ended(stores: Stores, fresh: Fresh) -> None:
    wanted = [
        lease(fresh, "one", 10, "container one"),
        replace(lease(fresh, "one", 10, "slot 0"), note="ready"),
        lease(fresh, "two", -9999, "slot 1"),
    ]
    for each in reversed(wanted):
        assert taken(stores, each)
    gone = lease(fresh, "two", name="slot 2")
    assert taken(stores, gone)
    stores.leases.release(gone)
    assert stores.leases.of_group(f"group {fresh.number}") == wanted
    assert stores.leases.of_group(f"another than {fresh.number}") == []


def test_a_renewal_replaces_the_note(stores: Stores, fresh: Fresh) -> None:
    assert taken(stores, replace(lease(fresh), note="ready"))
    assert taken(stores, lease(fresh, second=1))
    [found] = stores.leases.of_group(f"group {fresh.number}")
    assert (found.note, found.until) == ("", at(seconds=31))


def test_the_instants_of_a_lease_are_kept_to_the_millisecond(stores: Stores, fresh: Fresh) -> None:
    wanted = replace(lease(fresh), until=NOON + timedelta(milliseconds=1))
    assert stores.leases.acquire(wanted, NOON)
    assert stores.leases.of_group(wanted.group) == [wanted]
