"""What is published of an hour ranks again to the same board, and shows nothing more than it."""

import hashlib
import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.block import Kind
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.services.ports import RankTask
from chalicelib.services.publish_hour import HourFileStores, publish_hour
from chalicelib.services.rank_traders import rank_traders
from sandbox.verify import faults, order_line, ranked_order, read
from tests.builders import NOON, block, seat
from tests.fakes import Fakes
from tests.hour_files import HOUR, Score, league, publish, scored, written

THREE: dict[int, Score] = {
    0: (101, 50, True),
    2: (-5, None, False),
    3: (101, 20, True),
}
hundredths = st.none() | st.integers(-300, 300)
scores = st.dictionaries(
    st.integers(0, 40), st.tuples(hundredths, hundredths, st.booleans()), max_size=30
)


def board(stores: Fakes, window: str) -> list[int]:
    head = stores.boards.current(window)
    assert head is not None
    return stores.boards.order(window, head, 0, head.length)


@given(scores, st.sets(st.integers(0, 40)))
@settings(max_examples=60, deadline=None)
def test_whoever_ranks_the_file_again_gets_the_board(
    given_scores: dict[int, Score], left: set[int]
) -> None:
    stores = league(given_scores)
    for number in left & set(given_scores):
        stores.seats.put(seat(number, trader_id=f"T{number}", retired_at=NOON.replace(hour=3)))
    with TemporaryDirectory() as folder:
        file = read(written(stores, publish(stores), Path(folder)))
    assert list(faults(file)) == []
    seats = sorted(given_scores)
    for column, window in enumerate(file.windows):
        again = ranked_order(file.rows, column)
        assert [seats[number] for number in again] == board(stores, window)
        assert file.order_lines()[column] == order_line(window, again)


def test_a_row_is_what_the_board_shows_and_a_commitment(tmp_path: Path) -> None:
    stores = league(THREE)
    file = read(written(stores, publish(stores), tmp_path))
    assert file.head == {
        "format": 1,
        "hour": "2026-03-01T12:00Z",
        "revision": 0,
        "previous": None,
        "windows": ["24h", "7d", "30d"],
        "columns": ["id", "24h", "7d", "30d", "commitment", "check"],
        "rows": 3,
    }
    assert [row[1] for row in file.rows] == [
        ["1.01", "0.50", "ranked"],
        ["-0.05", None, "not ranked"],
        ["1.01", "0.20", "ranked"],
    ]
    assert [json.loads(line)["order"] for line in file.order_lines()] == [[2, 0, 1]] * 3
    for row in file.rows:
        assert re.fullmatch(r"[\w-]{12}", row[0])
        assert re.fullmatch(r"[0-9a-f]{64}", row[-2])


def test_nobody_is_named_in_a_file_of_an_hour() -> None:
    stores = league(THREE)
    text = stores.files.texts[publish(stores)]
    assert "trader" not in text
    names = json.loads(stores.files.texts["names.json"])["names"]
    assert sorted(names.values()) == ["trader0", "trader2", "trader3"]
    assert all(each in text for each in names)


def test_who_is_not_listed_is_in_neither_file() -> None:
    stores = league(THREE)
    stores.seats.put(seat(3, trader_id="T3", name="trader3", listed=False))
    head = json.loads(stores.files.texts[publish(stores)].split("\n")[0])
    assert head["rows"] == 2
    assert "trader3" not in stores.files.texts["names.json"]


def test_who_is_delisted_later_loses_his_name_with_the_next_hour() -> None:
    stores = league(THREE)
    publish(stores)
    stores.seats.put(seat(3, trader_id="T3", name="trader3", listed=False))
    scored(stores, THREE, HOUR + 1)
    publish(stores, HOUR + 1)
    assert "trader3" not in stores.files.texts["names.json"]


@given(st.sampled_from([2.0**-20, 0.37, 3.0, 1e6]))
@settings(max_examples=8, deadline=None)
def test_an_account_of_another_size_changes_only_what_hides_it(factor: float) -> None:
    small, great = league(THREE), league(THREE)
    key = (0, Kind.HOUR, HOUR)
    stored = great.history.blocks([key])[key]
    for place in THREE:
        stored.columns["value"][place] *= factor
    great.history.put_blocks({key: stored})
    texts = [stores.files.texts[publish(stores)] for stores in (small, great)]
    if factor != 1:
        assert texts[0] != texts[1]
    hidden = [re.sub(r'"[0-9a-f]{64}","[0-9a-f]{12}"', '"#"', text) for text in texts]
    assert hidden[0] == hidden[1]


def test_two_hours_of_the_same_mark_are_hidden_by_different_salts(tmp_path: Path) -> None:
    stores = league(THREE)
    scored(stores, THREE, HOUR + 1)
    files = [read(written(stores, publish(stores, hour), tmp_path)) for hour in (HOUR, HOUR + 1)]
    for one, other in zip(files[0].rows, files[1].rows, strict=True):
        assert one[0] == other[0]
        assert one[-2] != other[-2]


def test_each_file_names_the_one_before_it_by_its_hash() -> None:
    stores = league(THREE)
    first = publish(stores)
    scored(stores, THREE, HOUR + 1)
    second = publish(stores, HOUR + 1)
    head = json.loads(stores.files.texts[second].split("\n")[0])
    digest = hashlib.sha256(stores.files.texts[first].encode()).hexdigest()
    assert head["previous"] == {"hour": "2026-03-01T12:00Z", "revision": 0, "sha256": digest}
    latest = json.loads(stores.files.texts["latest.json"])
    assert latest["file"] == second
    assert latest["sha256"] == hashlib.sha256(stores.files.texts[second].encode()).hexdigest()


def test_a_second_run_of_the_hour_writes_nothing() -> None:
    stores = league(THREE)
    publish(stores)
    before = list(stores.files.puts)
    stores.seats.put(seat(3, trader_id="T3", name="trader3", listed=False))
    publish(stores)
    assert stores.files.puts == before


def test_a_rebuilt_hour_is_a_new_file_after_the_old_one() -> None:
    stores = league(THREE)
    first, second = publish(stores), publish(stores, revision=1)
    assert json.loads(stores.files.texts[second].split("\n")[0])["previous"]["revision"] == 0
    assert first in stores.files.texts


def test_an_older_hour_that_comes_late_is_not_published_any_more() -> None:
    stores = league(THREE)
    scored(stores, THREE, HOUR + 1)
    publish(stores, HOUR + 1)
    publish(stores, HOUR)
    assert list(stores.files.texts) == ["2026-03-01T13-r0.jsonl", "names.json", "latest.json"]


@pytest.mark.parametrize("stored_before", [0, 1, 2])
def test_a_store_that_fails_delays_the_file_and_not_the_board(stored_before: int) -> None:
    whole, broken = league(THREE), league(THREE)
    publish(whole)

    class Failing:
        def __init__(self) -> None:
            self.left = stored_before

        def put_new(self, name: str, content: str) -> str:
            self._count()
            return broken.files.put_new(name, content)

        def put(self, name: str, content: str) -> None:
            self._count()
            broken.files.put(name, content)

        def _count(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise StoreUnavailable("the bucket does not answer")

    ranked = rank_traders(
        RankTask(HOUR),
        seats=broken.seats,
        history=broken.history,
        boards=broken.boards,
        runs=broken.runs,
    )
    stores = HourFileStores(broken.history, broken.secrets, broken.chain, Failing())
    with pytest.raises(StoreUnavailable):
        publish_hour(ranked, stores)
    assert broken.runs.ranked(HOUR)
    assert broken.chain.last() is None
    publish(broken)
    assert broken.files.texts == whole.files.texts
    assert broken.chain.last() == whole.chain.last()


def test_names_are_stored_again_only_when_they_changed() -> None:
    stores = league(THREE)
    publish(stores)
    scored(stores, THREE, HOUR + 1)
    publish(stores, HOUR + 1)
    assert stores.files.puts.count("names.json") == 1


def test_a_league_without_traders_has_a_file_too(tmp_path: Path) -> None:
    stores = league({})
    assert list(faults(read(written(stores, publish(stores), tmp_path)))) == []


def test_a_row_without_a_mark_commits_to_there_being_none() -> None:
    stores = league(THREE)
    stores.history.put_blocks({(0, Kind.HOUR, HOUR): block(Kind.HOUR)})
    assert stores.files.texts[publish(stores)]
