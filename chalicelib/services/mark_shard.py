"""Mark one shard at an hour: value and index of every trader in it, and what windows make of it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from chalicelib.domain.account import SEATS_PER_BLOCK, block_of
from chalicelib.domain.block import Block, Flag, Kind
from chalicelib.domain.corrections import Correction
from chalicelib.domain.days import (
    RENEWED_EVERY,
    day_block,
    slow_block,
    slow_days,
    slow_hours,
)
from chalicelib.domain.errors import MissingPrice
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.hour import HourPrices, TraderHour, trader_hour
from chalicelib.domain.mark import hour_block
from chalicelib.domain.money import plain
from chalicelib.domain.scores import score_hours, scores_block
from chalicelib.domain.sums import sum_hours, summed_again
from chalicelib.domain.windows import HOURS_A_DAY, closing_hour, day_of_hour
from chalicelib.services.hour_prices import hour_prices
from chalicelib.services.ports import (
    BlockKey,
    Corrections,
    History,
    Holdings,
    Ledger,
    Prices,
    RankTask,
    Runs,
    ShardTask,
    Tasks,
)
from chalicelib.services.public_views import DAYS_OF_INDEX, public_views
from chalicelib.services.read_hour import read_hour
from chalicelib.services.replay_marks import Seated, replay_marks
from chalicelib.services.view_prices import ViewPrices, last_buys_of

_log = logging.getLogger(__name__)

NOTED_COIN = "BTC"
"""The benchmark: its price at 24:00 is noted in the day's block."""


@dataclass(frozen=True, slots=True)
class MarkStores:
    """What a mark reads and writes."""

    holdings: Holdings
    ledger: Ledger
    history: History
    prices: Prices
    runs: Runs
    corrections: Corrections


def mark_shard(task: ShardTask, stores: MarkStores, tasks: Tasks) -> int:
    """Mark the shard at every hour since its last complete one, up to the task's; returns how
    many marks of traders that were.

    A function of what is stored: run again at any later time it writes the same bytes. The
    marks that late events touch are made again first; a task that came twice finds its hour
    published, and leaves all of it to the next one, unless it asks for a further revision. Who
    marks the last shard of an hour sends its rank task; for a revision, whoever asked does.
    Raises MissingPrice when there are no prices to start from; the message comes again.
    """
    last = stores.runs.last_complete(task.shard)
    due = stores.corrections.of_shard(task.shard)
    marked = 0
    if last is None or last < task.hour or not due or task.revision:
        marked = _mark(task, last, due, stores)
    if not task.revision and stores.runs.mark_done(task.hour, task.shard):
        tasks.send([RankTask(task.hour, opening=task.opening)])
    return marked


def _mark(task: ShardTask, last: int | None, due: Sequence[Correction], stores: MarkStores) -> int:
    rows, seated = _seated(task.shard, stores)
    if due:
        stores = _correct(due, last, seated, stores)
    return _mark_hours(task.shard, _hours_to_mark(task, last, rows), seated, stores)


def mark_from(shard: int, first: int | None, last: int, stores: MarkStores) -> range:
    """Mark the shard at every hour from `first` (None: that of its first link) to `last`, as if
    it had never been marked; returns those hours. Raises MissingPrice."""
    rows, seated = _seated(shard, stores)
    begun = min([last, *(closing_hour(row.linked_at) for row in rows)])
    hours = range(begun if first is None else max(first, begun), last + 1)
    _mark_hours(shard, hours, seated, stores)
    return hours


def _seated(shard: int, stores: MarkStores) -> tuple[list[AccountHoldings], Seated]:
    rows = sorted(stores.holdings.of_shard(shard), key=lambda row: (row.seat, row.account_id))
    return rows, {seat: list(group) for seat, group in groupby(rows, key=lambda row: row.seat)}


def _mark_hours(shard: int, hours: range, seated: Seated, stores: MarkStores) -> int:
    for hour in hours:
        _mark_hour(hour, seated, stores)
        stores.runs.set_last_complete(shard, hour)
    return len(hours) * len(seated)


def _correct(
    due: Sequence[Correction], last: int | None, seated: Seated, stores: MarkStores
) -> MarkStores:
    """Mark again what late events touch, and take back exactly the notes that were read: what
    was noted since waits for the next hour. Hours without prices do not hold up this one.
    Returns the stores to go on with."""

    def mark(hour: int, seats: Seated, history: History) -> None:
        _mark_hour(hour, seats, replace(stores, history=history))

    if last is not None:
        history, corrections = stores.history, stores.corrections
        try:
            known = replay_marks(
                due, last, seated, history=history, corrections=corrections, mark=mark
            )
        except MissingPrice as error:
            _log.error("correction_without_prices", extra={"reason": str(error)})
            return stores
        stores = replace(stores, history=known)
    stores.corrections.remove(due)
    return stores


def _hours_to_mark(task: ShardTask, last: int | None, rows: Iterable[AccountHoldings]) -> range:
    if last is None:
        links = [closing_hour(row.linked_at) for row in rows]
        return range(min([task.hour, *links]), task.hour + 1)
    return range(min(last + 1, task.hour), task.hour + 1)


def _mark_hour(hour: int, seated: Seated, stores: MarkStores) -> None:
    prices = hour_prices(hour, stores.prices)
    by_block: dict[int, dict[int, Sequence[AccountHoldings]]] = {}
    for seat, rows in seated.items():
        by_block.setdefault(block_of(seat), {})[seat] = rows
    stored = stores.history.blocks([key for number in by_block for key in _keys(number, hour)])
    past = ViewPrices(hour, stores.prices)
    if hour % HOURS_A_DAY == 0:  # all at once: most traders bought in the same hours
        rows = [row for each in seated.values() for row in each]
        past.know(last_buys_of(rows, prices.hour_list, hour))
    written: dict[BlockKey, Block] = {}
    for number, here in by_block.items():
        blocks = {key[1:]: block for key, block in stored.items() if key[0] == number}
        read = _Read(here, prices, past, blocks)
        marked = _BlockMark(hour, number, read, stores).blocks()
        written |= {(number, *place): block for place, block in marked.items()}
    stores.history.put_blocks(written)


def _keys(number: int, hour: int) -> list[BlockKey]:
    """What a block's mark reads; at a renewal of the SLOW block also the rows of that."""
    hours = {*score_hours(hour), *(slow_hours(hour) if hour % RENEWED_EVERY == 0 else ())}
    keys = [(number, Kind.HOUR, each) for each in sorted(hours - {hour})]
    return [*keys, (number, Kind.SCORES, hour - 1), (number, Kind.SLOW, 0)]


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read for a block before it is marked."""

    seated: Seated
    prices: HourPrices
    past: ViewPrices
    stored: Mapping[tuple[Kind, int], Block]


class _BlockMark:
    """One hour of one block: what was read, and what is made of it."""

    def __init__(self, hour: int, number: int, read: _Read, stores: MarkStores) -> None:
        stored = read.stored
        self._hour = hour
        self._number = number
        self._seated = read.seated
        self._prices = read.prices
        self._past = read.past
        self._stores = stores
        self._hours = {place[1]: b for place, b in stored.items() if place[0] is Kind.HOUR}
        self._scores_before = stored.get((Kind.SCORES, hour - 1)) or self._sums_again()
        self._stored_slow = stored.get((Kind.SLOW, 0))

    def blocks(self) -> dict[tuple[Kind, int], Block]:
        """The blocks to write, by kind and number."""
        found = self._trader_hours()
        places = {seat % SEATS_PER_BLOCK: each for seat, each in found.items()}
        row = hour_block(self._hour, self._hours.get(self._hour - 1), places)
        self._hours[self._hour] = row
        written = {(Kind.HOUR, self._hour): row}
        ended = self._day(row) if self._hour % HOURS_A_DAY == 0 else None
        if ended is not None:
            written[Kind.DAY, day_of_hour(self._hour) - 1] = ended
        slow = self._slow(ended, found)
        if _renewal(slow) > _renewal(self._stored_slow):
            written[Kind.SLOW, 0] = slow
        scores = scores_block(self._hour, self._scores_before, self._hours, slow)
        written[Kind.SCORES, self._hour] = scores
        return written

    def _sums_again(self) -> Block | None:
        """The sums of the hour before, from its rows: the stored ones expire after days. None
        where the block had no mark then."""
        if self._hour - 1 not in self._hours:
            return None
        wanted = sum_hours(self._hour - 1)
        rows = self._stores.history.block_range(
            self._number, Kind.HOUR, wanted.start, wanted.stop - 1
        )
        return summed_again(self._hour - 1, rows)

    def _trader_hours(self) -> dict[int, TraderHour]:
        """By seat, the hour of each trader who had a linked account at any time of it."""
        before = self._hours.get(self._hour - 1)
        found: dict[int, TraderHour] = {}
        for seat, rows in self._seated.items():
            accounts = read_hour(self._hour, rows, self._prices, self._stores.ledger)
            opening = _opening(before, seat % SEATS_PER_BLOCK)
            each = trader_hour(self._hour, accounts, self._prices, opening)
            if each.valuation is not None or each.points or each.account_gap:
                found[seat] = each
        return found

    def _day(self, row: Block) -> Block:
        """The day that this hour ends; its flows are the same whatever the SLOW block says."""
        flows = scores_block(self._hour, self._scores_before, self._hours, None)
        coin = self._prices.hour_list.assets.get(NOTED_COIN)
        notes = {} if coin is None else {NOTED_COIN.lower(): plain(coin.price)}
        return day_block(self._scores_before, row, flows, notes)

    def _slow(self, ended: Block | None, found: Mapping[int, TraderHour]) -> Block:
        """The SLOW block in force: the stored one, or made anew if that is of another time."""
        renewal = self._hour - self._hour % RENEWED_EVERY
        stored = self._stored_slow
        if stored is not None and _renewal(stored) == renewal and ended is None:
            return stored
        wanted = slow_days(self._hour)
        days = self._stores.history.block_range(
            self._number, Kind.DAY, day_of_hour(self._hour) - DAYS_OF_INDEX, wanted.stop - 1
        )
        if ended is not None:
            days[wanted.stop - 1] = ended
            view: object = public_views(
                self._hour,
                found,
                self._seated,
                self._prices.hour_list,
                days,
                ledger=self._stores.ledger,
                prices=self._past,
            )
        else:
            view = stored.notes["view"] if stored is not None else {}
        hours = self._hours | self._more_hours()
        return slow_block(self._hour, hours, days, {"hour": renewal, "view": view})

    def _more_hours(self) -> dict[int, Block]:
        """Rows behind the SLOW block that are not read every hour."""
        if self._hour % RENEWED_EVERY == 0:
            return {}
        missing = [each for each in slow_hours(self._hour) if each not in self._hours]
        keys = [(self._number, Kind.HOUR, each) for each in missing]
        return {key[2]: block for key, block in self._stores.history.blocks(keys).items()}


def _opening(before: Block | None, place: int) -> float | None:
    """The value at the mark that opened the hour, None when there was no mark."""
    if before is None or not before.columns["flags"][place] & Flag.MARK:
        return None
    value: float = before.columns["value"][place]
    return value


def _renewal(slow: Block | None) -> int:
    """The hour that a SLOW block was renewed for; before any other if there is none."""
    if slow is None:
        return -1
    hour = slow.notes["hour"]
    return hour if isinstance(hour, int) else -1
