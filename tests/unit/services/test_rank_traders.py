"""An hour's boards are made of its blocks and seats, and of nothing else."""

from datetime import timedelta

from chalicelib.domain.block import NO_CHANGE, Kind, Standing
from chalicelib.domain.windows import hour_of
from chalicelib.services.ports import RankTask
from chalicelib.services.rank_traders import rank_traders
from tests.builders import NOON, block, seat
from tests.fakes import Fakes

HOUR = hour_of(NOON)


def _rank(stores: Fakes, hour: int = HOUR, revision: int = 0) -> None:
    rank_traders(
        RankTask(hour, revision),
        seats=stores.seats,
        history=stores.history,
        boards=stores.boards,
        runs=stores.runs,
    )


def _league(shown: dict[int, int], hour: int = HOUR) -> Fakes:
    """Traders in the given seats, all ranked in the 24 h window with these hundredths."""
    stores = Fakes()
    for _ in range(max(shown) + 1):
        stores.traders.next_seat()
    for number in shown:
        stores.seats.put(seat(number, trader_id=f"T{number}", name=f"trader{number}"))
    _score(stores, shown, hour)
    return stores


def _score(stores: Fakes, shown: dict[int, int], hour: int) -> None:
    for number in {each // 256 for each in shown}:
        here = {each % 256: value for each, value in shown.items() if each // 256 == number}
        scores = block(
            Kind.SCORES,
            shown_24h=here,
            drawdown_24h=dict.fromkeys(here, 0),
            standing_24h=dict.fromkeys(here, int(Standing.RANKED)),
        )
        stores.history.put_blocks({(number, Kind.SCORES, hour): scores})


def _board(stores: Fakes) -> list[int]:
    head = stores.boards.current("24h")
    assert head is not None
    return stores.boards.order("24h", head, 0, head.length)


def test_the_greatest_number_comes_first_across_blocks() -> None:
    stores = _league({0: 100, 3: -5, 300: 250, 511: 99})
    _rank(stores)
    assert _board(stores) == [300, 0, 511, 3]


def test_ranks_and_changes_are_kept_by_seat() -> None:
    stores = _league({0: 100, 1: 200})
    _rank(stores)
    _score(stores, {0: 300, 1: 200}, HOUR + 1)
    _rank(stores, HOUR + 1)
    ranks = stores.history.blocks([(0, Kind.RANKS, HOUR + 1)])[0, Kind.RANKS, HOUR + 1]
    assert list(ranks.columns["rank_24h"][:3]) == [1, 2, 0]
    assert list(ranks.columns["change_24h"][:3]) == [1, -1, NO_CHANGE]


def test_who_left_is_last_for_thirty_days_and_then_only_counted() -> None:
    stores = _league({0: 900, 1: 100})
    stores.seats.put(seat(0, retired_at=NOON - timedelta(days=30)))
    _rank(stores)
    assert _board(stores) == [1, 0]
    stores.seats.put(seat(0, retired_at=NOON - timedelta(days=30, seconds=1)))
    _rank(stores)
    head = stores.boards.current("24h")
    assert _board(stores) == [1]
    assert head is not None
    assert (head.league.joined, head.league.retired) == (2, 1)


def test_who_is_not_listed_counts_but_has_no_place() -> None:
    stores = _league({0: 900, 1: 100})
    stores.seats.put(seat(0, listed=False))
    _rank(stores)
    head = stores.boards.current("24h")
    assert _board(stores) == [1]
    assert head is not None
    assert (head.league.joined, head.league.ranked, head.league.median) == (2, 1, 500)


def test_an_empty_league_has_empty_boards() -> None:
    stores = Fakes()
    _rank(stores)
    head = stores.boards.current("30d")
    assert head is not None
    assert (head.length, head.league.joined, head.league.median) == (0, 0, None)
    assert stores.runs.ranked(HOUR)


def test_ranking_again_changes_nothing() -> None:
    stores = _league({0: 100, 1: 200})
    _rank(stores)
    first = (_board(stores), stores.boards.current("24h"))
    _rank(stores)
    assert (_board(stores), stores.boards.current("24h")) == first


def test_an_earlier_hour_ranked_later_does_not_take_the_board_back() -> None:
    stores = _league({0: 100, 1: 200})
    _rank(stores)
    _rank(stores, HOUR - 1)
    head = stores.boards.current("24h")
    assert head is not None
    assert head.hour == HOUR
