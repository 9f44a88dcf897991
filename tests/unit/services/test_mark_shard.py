"""A shard's mark is a function of what is stored: early or late, once or twice, it is the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.domain.block import Flag, Kind, Standing, empty_block
from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.holdings import HoldingsNews, LastBuy, merge
from chalicelib.domain.ledger import BalanceChange, ChangeKind, Fill, LedgerEntry, Source
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.mark_shard import mark_shard
from chalicelib.services.ports import RankTask, ShardTask
from tests.builders import (
    account_holdings,
    balance_change,
    checkpoint,
    fill,
    prices,
    quantity,
)
from tests.fakes import Fakes
from tests.where import mark_stores

START = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = hour_of(START) + 1  # the mark that closes the hour of the links


class League:
    """One shard, written to as recording does, with a BTC price that can move by the hour."""

    def __init__(self) -> None:
        self.stores = Fakes()

    def price(self, hour: int, btc: str) -> None:
        self.stores.prices.put_hour(hour, prices(hour_start(hour), BTC=btc))

    def link(self, account: str, seat: int, at: datetime, **held: str) -> None:
        first = checkpoint(at, **held)
        self.stores.ledger.add_checkpoint(account, first)
        rows = [
            BalanceChange(ChangeKind.LINK, asset, amount, at, "1", Source.LEAGUE)
            for asset, amount in first.quantities.items()
        ]
        self.stores.ledger.add(account, rows)
        self.stores.holdings.create(
            account_holdings(
                account_id=account,
                trader_id=f"T{seat}",
                seat=seat,
                linked_at=at,
                quantities={a: quantity(str(q), at) for a, q in first.quantities.items()},
                last_event_at=at,
                last_flow_at=at,
            )
        )

    def happens(self, account: str, seat: int, *entries: LedgerEntry) -> None:
        self.stores.ledger.add(account, entries)
        for entry in entries:
            row = self.stores.holdings.get(seat, account)
            assert row is not None
            held = {
                asset: quantity(
                    str(
                        row.quantities[asset].amount + change if asset in row.quantities else change
                    ),
                    entry.at,
                )
                for asset, change in entry.changes().items()
            }
            flow = entry.at if isinstance(entry, BalanceChange) else None
            buys = (
                {entry.bought(): LastBuy(entry.executed_at, entry.symbol, entry.order_id)}
                if isinstance(entry, Fill)
                else {}
            )
            news = HoldingsNews(held, buys, entry.at, flow)
            self.stores.holdings.replace(row, merge(row, news))

    def mark(self, hour: int) -> None:
        mark_shard(ShardTask(hour, 0), mark_stores(self.stores), self.stores.tasks)

    def value(self, hour: int, seat: int) -> float:
        block = self.stores.history.blocks([(0, Kind.HOUR, hour)])[0, Kind.HOUR, hour]
        found: float = block.columns["value"][seat]
        return found

    def index(self, hour: int, seat: int) -> float:
        block = self.stores.history.blocks([(0, Kind.HOUR, hour)])[0, Kind.HOUR, hour]
        found: float = block.columns["index"][seat]
        return found

    def bytes_of(self, hour: int) -> list[bytes]:
        keys = [(0, Kind.HOUR, hour), (0, Kind.SCORES, hour)]
        blocks = self.stores.history.blocks(keys)
        return [each.tobytes() for key in keys for _, each in sorted(blocks[key].columns.items())]


@pytest.fixture
def league() -> League:
    league = League()
    for hour in range(FIRST - 1, FIRST + 60):
        league.price(hour, str(60000 + 600 * (hour - FIRST)))
    league.link("A", 0, START + timedelta(minutes=5), USDT="1000")
    league.link("B", 1, START + timedelta(minutes=6), BTC="0.5")
    return league


def _buy(at: datetime, trade_id: int = 1) -> Fill:
    return fill(quantity="0.01", price="60000", trade_id=trade_id, executed_at=at)


def test_the_first_mark_starts_the_index(league: League) -> None:
    league.mark(FIRST)
    assert (league.value(FIRST, 0), league.index(FIRST, 0)) == (1000.0, 1.0)
    assert (league.value(FIRST, 1), league.index(FIRST, 1)) == (30000.0, 1.0)


def test_the_index_follows_the_price(league: League) -> None:
    league.mark(FIRST)
    league.mark(FIRST + 1)
    assert league.index(FIRST + 1, 0) == 1.0
    assert league.index(FIRST + 1, 1) == pytest.approx(1.01)


def test_a_mark_made_late_with_fills_in_between_has_the_same_bytes(league: League) -> None:
    league.happens("A", 0, _buy(START + timedelta(minutes=30)))
    league.mark(FIRST)
    league.mark(FIRST + 1)
    early = [league.bytes_of(FIRST), league.bytes_of(FIRST + 1)]
    deposit = balance_change(quantity="77", changed_at=START + timedelta(hours=3))
    league.happens("A", 0, _buy(START + timedelta(hours=2, minutes=1), 2), deposit)
    league.happens("B", 1, _buy(START + timedelta(hours=2), 3))
    league.mark(FIRST)
    league.mark(FIRST + 1)
    assert [league.bytes_of(FIRST), league.bytes_of(FIRST + 1)] == early


def test_an_old_hour_marked_again_after_the_slow_block_was_renewed_is_the_same(
    league: League,
) -> None:
    for hour in range(FIRST, FIRST + 20):
        league.mark(hour)
    early = league.bytes_of(FIRST + 19)
    for hour in range(FIRST + 20, FIRST + 50):
        league.mark(hour)
    league.mark(FIRST + 19)
    assert league.bytes_of(FIRST + 19) == early


@pytest.mark.parametrize("last", [FIRST + 19, FIRST + 40])
def test_sums_that_expired_are_added_up_again(league: League, last: int) -> None:
    deposit = balance_change(quantity="500", changed_at=START + timedelta(hours=15, minutes=10))
    league.happens("A", 0, _buy(START + timedelta(hours=3)), deposit)
    for hour in range(FIRST, last + 1):
        league.mark(hour)
    early = league.bytes_of(last)
    league.stores.history.put_blocks({(0, Kind.SCORES, last): empty_block(Kind.SCORES)})
    league.stores.history.forget(0, Kind.SCORES, last - 1)
    league.mark(last)
    assert league.bytes_of(last) == early


def test_missed_hours_are_walked_as_if_they_had_been_in_time(league: League) -> None:
    other = League()
    other.stores.prices = league.stores.prices
    other.link("A", 0, START + timedelta(minutes=5), USDT="1000")
    other.link("B", 1, START + timedelta(minutes=6), BTC="0.5")
    deposit = balance_change(quantity="500", changed_at=START + timedelta(hours=4, minutes=10))
    for each in (league, other):
        each.happens("A", 0, _buy(START + timedelta(hours=3, minutes=1)), deposit)
    for hour in range(FIRST, FIRST + 30):
        league.mark(hour)
    other.mark(FIRST)
    other.mark(FIRST + 29)
    hours = range(FIRST, FIRST + 30)
    assert [other.bytes_of(hour) for hour in hours] == [league.bytes_of(hour) for hour in hours]


def test_a_deposit_changes_the_value_and_not_the_index(league: League) -> None:
    league.mark(FIRST)
    deposit = balance_change(quantity="500", changed_at=START + timedelta(hours=1, minutes=10))
    league.happens("A", 0, deposit)
    league.mark(FIRST + 1)
    assert (league.value(FIRST + 1, 0), league.index(FIRST + 1, 0)) == (1500.0, 1.0)


def test_two_accounts_of_one_trader_are_one_portfolio(league: League) -> None:
    league.link("C", 0, START + timedelta(minutes=7), BTC="0.1")
    league.mark(FIRST)
    league.mark(FIRST + 1)
    assert league.value(FIRST + 1, 0) == 7060.0
    assert league.index(FIRST + 1, 0) == pytest.approx(7060 / 7000)


def test_an_account_that_leaves_takes_its_value_along(league: League) -> None:
    league.link("C", 0, START + timedelta(minutes=7), BTC="0.1")
    league.mark(FIRST)
    gone = START + timedelta(hours=1, minutes=20)
    left = balance_change(
        kind=ChangeKind.UNLINK, asset="BTC", quantity="-0.1", changed_at=gone, source=Source.LEAGUE
    )
    league.happens("C", 0, left)
    row = league.stores.holdings.get(0, "C")
    assert row is not None
    league.stores.holdings.replace(row, replace(row, unlinked_at=gone))
    league.mark(FIRST + 1)
    assert league.value(FIRST + 1, 0) == 1000.0
    league.mark(FIRST)
    assert league.value(FIRST, 0) == 7000.0


def test_a_day_of_marks_ranks_and_the_day_is_kept(league: League) -> None:
    for hour in range(FIRST, FIRST + 25):
        league.mark(hour)
    last = FIRST + 24
    scores = league.stores.history.blocks([(0, Kind.SCORES, last)])[0, Kind.SCORES, last]
    assert list(scores.columns["standing_24h"][:3]) == [Standing.RANKED, Standing.RANKED, 0]
    assert list(scores.columns["shown_24h"][:2]) == [0, 2400]
    midnight = FIRST + 23
    day = league.stores.history.block_range(0, Kind.DAY, midnight // 24 - 1, midnight // 24 - 1)
    block = day[midnight // 24 - 1]
    assert block.columns["value"][1] == league.value(midnight, 1)
    assert block.notes == {"btc": str(60000 + 600 * 23)}


def test_what_others_see_of_coins_is_made_at_midnight(league: League) -> None:
    league.happens("A", 0, _buy(START + timedelta(hours=5, minutes=1)))
    for hour in range(FIRST, FIRST + 26):
        league.mark(hour)
    slow = league.stores.history.blocks([(0, Kind.SLOW, 0)])[0, Kind.SLOW, 0]
    view = slow.notes["view"]
    assert isinstance(view, dict)
    assert [row[0] for row in view["0"]["allocation"]] == ["BTC", "USDT"]
    bought_at, midnight = 60000 + 600 * 5, 60000 + 600 * 23
    since = round((Decimal(midnight) / bought_at - 1) * 10000)
    assert view["0"]["coins"][0] == ["BTC", 2424, since]
    assert view["1"]["coins"] == [["BTC", 2424, None]]


def test_prices_that_are_missing_for_an_hour_leave_a_partial_mark() -> None:
    league = League()
    league.price(FIRST - 1, "59400")
    league.price(FIRST, "60000")
    league.link("B", 1, START + timedelta(minutes=6), BTC="0.5")
    league.mark(FIRST)
    league.price(FIRST + 2, "61000")
    league.mark(FIRST + 2)
    block = league.stores.history.blocks([(0, Kind.HOUR, FIRST + 1)])[0, Kind.HOUR, FIRST + 1]
    flags = Flag(block.columns["flags"][1])
    assert (Flag.PARTIAL in flags, Flag.COUNTS in flags) == (True, False)
    assert league.value(FIRST + 2, 1) == 30500.0


def test_a_price_list_without_bitcoin_marks_the_others_and_leaves_the_line_open() -> None:
    league = League()
    midnight = FIRST + 23
    for hour in range(midnight - 1, midnight + 1):
        league.stores.prices.put_hour(hour, prices(hour_start(hour), ETH="3000"))
    linked = hour_start(midnight) - timedelta(minutes=20)
    league.link("A", 0, linked, ETH="1")
    league.link("B", 1, linked, BTC="0.5", USDT="100")
    league.mark(midnight)
    assert (league.value(midnight, 0), league.value(midnight, 1)) == (3000.0, 100.0)
    day = league.stores.history.block_range(0, Kind.DAY, midnight // 24 - 1, midnight // 24 - 1)
    assert day[midnight // 24 - 1].notes == {}


def test_without_any_price_the_hour_waits() -> None:
    league = League()
    league.link("B", 1, START + timedelta(minutes=6), BTC="0.5")
    with pytest.raises(MissingPrice):
        league.mark(FIRST)
    assert league.stores.tasks.sent == []


def test_a_shard_without_accounts_is_done_at_once() -> None:
    league = League()
    league.stores.runs.begin(FIRST, [0])
    league.price(FIRST, "60000")
    league.mark(FIRST)
    assert league.stores.tasks.sent == [RankTask(FIRST)]


def test_the_last_of_several_shards_sends_the_rank_task(league: League) -> None:
    league.stores.runs.begin(FIRST, [0, 1])
    league.mark(FIRST)
    assert league.stores.tasks.sent == []
    mark_shard(ShardTask(FIRST, 1), mark_stores(league.stores), league.stores.tasks)
    assert league.stores.tasks.sent == [RankTask(FIRST)]
