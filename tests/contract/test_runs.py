"""The Runs and Leases ports: how far the hour is, and who alone may do something."""

from tests.contract.stores import Fresh, Stores


def test_the_first_list_of_shards_is_frozen(stores: Stores, fresh: Fresh) -> None:
    assert stores.runs.shards(fresh.hour) is None
    assert stores.runs.begin(fresh.hour, [0, 1, 5]) == [0, 1, 5]
    assert stores.runs.begin(fresh.hour, [0, 1, 5, 6]) == [0, 1, 5]
    assert stores.runs.shards(fresh.hour) == [0, 1, 5]


def test_an_hour_may_have_no_shards(stores: Stores, fresh: Fresh) -> None:
    assert stores.runs.begin(fresh.hour, []) == []
    assert stores.runs.shards(fresh.hour) == []
    assert stores.runs.begin(fresh.hour, [3]) == []


def test_the_last_shard_done_says_that_all_are(stores: Stores, fresh: Fresh) -> None:
    stores.runs.begin(fresh.hour, [0, 1, 2])
    told = [stores.runs.mark_done(fresh.hour, shard) for shard in (2, 0, 0, 1, 2)]
    assert told == [False, False, False, True, True]
    assert stores.runs.done(fresh.hour) == {0, 1, 2}


def test_nothing_is_done_in_an_hour_that_never_began(stores: Stores, fresh: Fresh) -> None:
    assert stores.runs.done(fresh.hour) == set()
    assert not stores.runs.mark_done(fresh.hour, 4)
    assert stores.runs.done(fresh.hour) == {4}
    assert stores.runs.shards(fresh.hour) is None


def test_an_hour_is_ranked_when_that_was_noted(stores: Stores, fresh: Fresh) -> None:
    assert not stores.runs.ranked(fresh.hour)
    stores.runs.begin(fresh.hour, [0])
    assert not stores.runs.ranked(fresh.hour)
    stores.runs.mark_ranked(fresh.hour)
    stores.runs.mark_ranked(fresh.hour)
    assert stores.runs.ranked(fresh.hour)
    assert stores.runs.shards(fresh.hour) == [0]
    assert not stores.runs.ranked(fresh.hour + 1)


def test_the_last_complete_hour_of_a_shard_only_grows(stores: Stores, fresh: Fresh) -> None:
    assert stores.runs.last_complete(fresh.shard) is None
    for hour in (7, 9, 8):
        stores.runs.set_last_complete(fresh.shard, hour)
    assert stores.runs.last_complete(fresh.shard) == 9
