"""Make the marks again that late events touch: their traders' alone, up to the newest mark.

The hours of a block are made again in memory, by the code that marks any hour, and go out
together; until then nothing stored has changed. Whatever is not of a corrected trader, from
his first touched hour on, is taken over as it is stored.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final, TypeAlias

from chalicelib.domain.account import SEATS_PER_BLOCK, block_of
from chalicelib.domain.block import COLUMNS, NO_NUMBER, Block, Kind, empty_block
from chalicelib.domain.corrections import Corrected, Correction, Shown
from chalicelib.domain.days import RENEWED_EVERY
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.sums import sum_hours, summed_again
from chalicelib.domain.windows import HOURS_A_DAY, WINDOWS, day_of_hour
from chalicelib.services.ports import BlockKey, Corrections, History

Seated: TypeAlias = Mapping[int, Sequence[AccountHoldings]]
"""Rows of the accounts by their trader's seat."""

MarkHour: TypeAlias = Callable[[int, Seated, History], None]
"""Marks these seats at an hour, with what the history has, and writes there."""

MOST_HOURS: Final = 38 * HOURS_A_DAY
"""How far back marks are made again: hours are kept for 40 days, and the first of them needs
the day before it."""

SCORES_KEPT: Final = 3 * HOURS_A_DAY
"""Hours for which the sums are kept; older ones may not have seen the last correction."""


def replay_marks(
    due: Iterable[Correction],
    last: int,
    seated: Seated,
    *,
    history: History,
    corrections: Corrections,
    mark: MarkHour,
) -> History:
    """Mark the traders of `due` again from the hours that their events touch to `last`, the
    newest that is marked, and keep a record of each account's correction.

    Returns the history to go on with: one that has the new marks at once, where the store may
    for a moment still answer with those that were replaced.

    May break off anywhere and be run again: the same is written, and the record keeps the
    numbers from before the first try. Events of hours that are not marked yet change nothing.
    """
    touching = [each for each in due if each.hour <= last and each.seat in seated]
    known = _Rewritten(history)
    for number, of_block in groupby(
        sorted(touching, key=lambda each: each.seat), key=lambda each: block_of(each.seat)
    ):
        here = list(of_block)
        replay = _Replay(number, _first_hours(here, last), last, history)
        records = [_record(each, replay) for each in _by_account(here)]
        for record in records:
            corrections.keep(record)
        for hour in replay.hours():
            mark(hour, {seat: seated[seat] for seat in replay.seats_at(hour)}, replay)
        known.put_blocks(replay.written())
        for record in records:
            corrections.keep(replace(record, after=replay.shown(record.seat)))
    return known


def _first_hours(due: Iterable[Correction], last: int) -> dict[int, int]:
    """By seat the first hour that is marked again."""
    first: dict[int, int] = {}
    for each in due:
        hour = _reached(each.hour, last)
        first[each.seat] = min(hour, first.get(each.seat, hour))
    return first


def _reached(hour: int, last: int) -> int:
    return max(hour, last - MOST_HOURS)


def _by_account(due: Iterable[Correction]) -> Iterator[list[Correction]]:
    ordered = sorted(due, key=lambda each: (each.account_id, each.hour, each.entry_id))
    for _, group in groupby(ordered, key=lambda each: each.account_id):
        yield list(group)


def _record(due: Sequence[Correction], replay: "_Replay") -> Corrected:
    touched, seat = due[0].hour, due[0].seat
    return Corrected(
        account_id=due[0].account_id,
        seat=seat,
        at_hour=replay.last,
        touched_hour=touched,
        from_hour=_reached(touched, replay.last),
        entry_ids=tuple(dict.fromkeys(each.entry_id for each in due)),
        before=replay.shown(seat),
    )


class _Rewritten:
    """A history that remembers what was written to it."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._written: dict[BlockKey, Block] = {}

    def blocks(self, keys: Sequence[BlockKey]) -> dict[BlockKey, Block]:
        """Those of `keys` that exist."""
        own = {key: self._written[key] for key in keys if key in self._written}
        return self._history.blocks([key for key in keys if key not in own]) | own

    def block_range(self, block: int, kind: Kind, first: int, last: int) -> dict[int, Block]:
        """Blocks of one kind with first ≤ number ≤ last, by number."""
        found = self._history.block_range(block, kind, first, last)
        return _with_rewritten(found, self._written, block, kind, range(first, last + 1))

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        """Write all, replacing."""
        self._history.put_blocks(blocks)
        self._written.update(blocks)


def _with_rewritten(
    found: Mapping[int, Block],
    written: Mapping[BlockKey, Block],
    block: int,
    kind: Kind,
    numbers: range,
) -> dict[int, Block]:
    own = {
        key[2]: each
        for key, each in written.items()
        if key[:2] == (block, kind) and key[2] in numbers
    }
    return dict(sorted({**found, **own}.items()))


class _Replay:
    """The history of one block while its hours are marked again: what is written stays here."""

    def __init__(self, number: int, first: Mapping[int, int], last: int, stored: History) -> None:
        self.last = last
        self._number = number
        self._first = first
        self._history = stored
        self._hour = min(first.values())
        self._stored = stored.blocks(list(self._places()))
        self._written: dict[BlockKey, Block] = {}
        slow = (number, Kind.SLOW, 0)
        self._read: dict[BlockKey, Block | None] = {
            slow: _outdated(self._stored.get(slow), self._hour)
        }

    def hours(self) -> Iterator[int]:
        """The hours to mark, in order."""
        for hour in range(self._hour, self.last + 1):
            self._hour = hour
            self._go_on_from(hour - 1)
            yield hour

    def seats_at(self, hour: int) -> list[int]:
        """The seats that this hour is made again for."""
        return sorted(seat for seat, first in self._first.items() if first <= hour)

    def shown(self, seat: int) -> Shown:
        """The seat's shown numbers at the last hour, as they are by now."""
        key = (self._number, Kind.SCORES, self.last)
        scores = self.blocks([key]).get(key) or empty_block(Kind.SCORES)
        place = seat % SEATS_PER_BLOCK
        numbers = {each.name: scores.columns[f"shown_{each.name}"][place] for each in WINDOWS}
        return {name: None if each == NO_NUMBER else each for name, each in numbers.items()}

    def written(self) -> dict[BlockKey, Block]:
        """The blocks to store; sums that would have expired are left out."""
        return {
            key: block
            for key, block in self._written.items()
            if key[1] is not Kind.SCORES or key[2] > self.last - SCORES_KEPT
        }

    def blocks(self, keys: Sequence[BlockKey]) -> dict[BlockKey, Block]:
        """Those of `keys` that exist, as marked again where they were."""
        missing = [key for key in keys if key not in self._read]
        found = self._history.blocks(missing)
        self._read.update((key, found.get(key)) for key in missing)
        return {key: block for key in keys if (block := self._read[key]) is not None}

    def block_range(self, block: int, kind: Kind, first: int, last: int) -> dict[int, Block]:
        """Blocks of one kind with first ≤ number ≤ last, as marked again where they were."""
        found = self._history.block_range(block, kind, first, last)
        return _with_rewritten(found, self._written, block, kind, range(first, last + 1))

    def put_blocks(self, blocks: Mapping[BlockKey, Block]) -> None:
        """Take over the corrected seats of each; all others stay as they are stored."""
        places = [seat % SEATS_PER_BLOCK for seat in self.seats_at(self._hour)]
        for key, made in blocks.items():
            self._read[key] = self._written[key] = _grafted(self._stored.get(key), made, places)

    def _places(self) -> Iterator[BlockKey]:
        hours = range(self._hour, self.last + 1)
        for hour in hours:
            yield (self._number, Kind.HOUR, hour)
            yield (self._number, Kind.SCORES, hour)
            if hour % HOURS_A_DAY == 0:
                yield (self._number, Kind.DAY, day_of_hour(hour) - 1)
        yield (self._number, Kind.SLOW, 0)

    def _go_on_from(self, before: int) -> None:
        """Add up again the sums of the seats whose first hour comes next, where the stored ones
        expired, or are so old that they may not know of an earlier correction."""
        seats = [seat for seat, first in self._first.items() if first == before + 1]
        if not seats or before > self.last - SCORES_KEPT:
            return
        wanted = sum_hours(before)
        rows = self.block_range(self._number, Kind.HOUR, wanted.start, wanted.stop - 1)
        if rows:
            key = (self._number, Kind.SCORES, before)
            later = self._stored.get((self._number, Kind.SCORES, self.last))
            places = [seat % SEATS_PER_BLOCK for seat in seats]
            self._read[key] = _grafted(
                self._read.get(key), summed_again(before, rows, later), places
            )


def _outdated(slow: Block | None, hour: int) -> Block | None:
    """The SLOW block as of a time before `hour`, so that its mark renews it."""
    if slow is None:
        return None
    return replace(slow, notes={**slow.notes, "hour": hour - hour % RENEWED_EVERY - RENEWED_EVERY})


def _grafted(stored: Block | None, made: Block, places: Sequence[int]) -> Block:
    """`stored` with the corrected places as `made` has them."""
    base = stored or empty_block(made.kind)
    columns: dict[str, array[Any]] = {}
    for column in COLUMNS[made.kind]:
        numbers = array(column.code, base.columns[column.name])
        for place in places:
            part = slice(place * column.width, (place + 1) * column.width)
            numbers[part] = made.columns[column.name][part]
        columns[column.name] = numbers
    return Block(made.kind, columns, _notes(stored, made, places))


def _notes(stored: Block | None, made: Block, places: Sequence[int]) -> Mapping[str, object]:
    """The notes of the whole item, and each seat's own view."""
    if stored is None or made.kind is not Kind.SLOW:
        return made.notes if stored is None else stored.notes
    corrected = {str(place) for place in places}
    kept, found = _views(stored), _views(made)
    view = {seat: each for seat, each in kept.items() if _place(seat) not in corrected}
    view |= {seat: each for seat, each in found.items() if _place(seat) in corrected}
    return {**made.notes, "view": dict(sorted(view.items(), key=lambda each: int(each[0])))}


def _views(slow: Block) -> dict[str, object]:
    view = slow.notes.get("view")
    return view if isinstance(view, dict) else {}


def _place(seat: str) -> str:
    return str(int(seat) % SEATS_PER_BLOCK)
