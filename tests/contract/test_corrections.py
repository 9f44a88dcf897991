"""The Corrections port: what is to be marked again, and the record of what was."""

from dataclasses import replace

from chalicelib.domain.corrections import Corrected, Correction
from tests.contract.stores import Fresh, Stores


def correction(fresh: Fresh, hour: int = 0, entry_id: str = "T#BTCUSDT#1") -> Correction:
    return Correction(
        fresh.account, fresh.seat, fresh.hour + hour, entry_id, noted_in=fresh.hour + 9
    )


def corrected(fresh: Fresh, at_hour: int = 3, account: str = "") -> Corrected:
    return Corrected(
        account_id=account or fresh.account,
        seat=fresh.seat + 7,
        at_hour=fresh.hour + at_hour,
        touched_hour=fresh.hour - 1,
        from_hour=fresh.hour,
        entry_ids=("T#BTCUSDT#1", "F#deposit#USDT#9#1"),
        before={"24h": 125, "7d": None, "30d": -3},
    )


def test_what_is_noted_is_found_by_its_shard_in_order_of_hours(
    stores: Stores, fresh: Fresh
) -> None:
    noted = [correction(fresh, hour) for hour in (2, 0, 1)]
    stores.corrections.note(noted)
    assert stores.corrections.of_shard(fresh.shard) == sorted(noted, key=lambda each: each.hour)
    assert stores.corrections.of_shard(fresh.shard + 100_000) == []


def test_a_second_note_of_the_same_changes_nothing(stores: Stores, fresh: Fresh) -> None:
    for _ in range(2):
        stores.corrections.note([correction(fresh), correction(fresh)])
    assert stores.corrections.of_shard(fresh.shard) == [correction(fresh)]


def test_many_entries_of_one_hour_stay_apart(stores: Stores, fresh: Fresh) -> None:
    noted = [correction(fresh, 0, f"F#deposit#USDT#{number:02}#x") for number in range(30)]
    stores.corrections.note(noted)
    assert stores.corrections.of_shard(fresh.shard) == noted


def test_exactly_what_was_read_is_removed(stores: Stores, fresh: Fresh) -> None:
    stores.corrections.note([correction(fresh), correction(fresh, 1)])
    read = stores.corrections.of_shard(fresh.shard)
    later = correction(fresh, 0, "T#BTCUSDT#2")
    stores.corrections.note([later])
    for _ in range(2):
        stores.corrections.remove(read)
    assert stores.corrections.of_shard(fresh.shard) == [later]


def test_nothing_is_noted_and_removed_without_a_call(stores: Stores, fresh: Fresh) -> None:
    stores.corrections.note([])
    stores.corrections.remove([])
    assert stores.corrections.of_shard(fresh.shard) == []


def test_the_record_keeps_the_numbers_from_before_the_first_try(
    stores: Stores, fresh: Fresh
) -> None:
    first = corrected(fresh)
    stores.corrections.keep(first)
    again = replace(first, before={"24h": 0, "7d": 0, "30d": 0}, after={"24h": 1, "7d": 2})
    stores.corrections.keep(again)
    (kept,) = stores.corrections.kept(fresh.shard, fresh.hour, fresh.hour + 9)
    assert kept == replace(first, after={"24h": 1, "7d": 2})
    assert kept.clamped


def test_records_are_read_by_the_hour_they_were_made_at(stores: Stores, fresh: Fresh) -> None:
    made = [corrected(fresh, 2), corrected(fresh, 3), corrected(fresh, 3, "ZZZ")]
    for each in [*made, corrected(fresh, 1), corrected(fresh, 4)]:
        stores.corrections.keep(each)
    assert stores.corrections.kept(fresh.shard, fresh.hour + 2, fresh.hour + 3) == made
