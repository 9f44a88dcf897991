"""An exchange account's past, worked out backwards from what it held when it was linked.

What the account held at a past midnight is what it held at the link, less every change since.
Where the exchange keeps readings of its own they outrank that; what they show beside it is an
unexplained change of that day. Such a change is always a flow: that two of them fall on one day
says nothing of when they happened, so they are never taken for one exchange of coins. Leaves
values and returns to `imported.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

from chalicelib.domain.counted import counted
from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    Checkpoint,
    LedgerEntry,
    Source,
)
from chalicelib.domain.money import EXACT, Asset
from chalicelib.domain.windows import day_of_hour, day_start_hour, hour_of, hour_start

_INSTANT = timedelta(milliseconds=1)  # no exchange's clock has a finer step
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of an account's time before its link.

    `reading` is the one that linked it; `since` a midnight, from which on `entries` tell what
    happened. `readings` are the exchange's own of some midnights, each of the millisecond
    before it.
    """

    account_id: str
    reading: Checkpoint
    since: datetime
    entries: tuple[LedgerEntry, ...] = ()
    readings: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True, slots=True)
class RebuiltAccount:
    """An account's time from `since` to its link: what it held at the start, and what happened
    by day number. Of the days in `certain` the exchange's own readings bear the books out, at
    their start and at their end, with nothing left unexplained.
    """

    account_id: str
    since: datetime
    opening: Mapping[Asset, Decimal]
    days: Mapping[int, tuple[LedgerEntry, ...]]
    certain: frozenset[int]


def midnight(day: int) -> datetime:
    """The instant at which day number `day` starts."""
    return hour_start(day_start_hour(day))


def day_of(at: datetime) -> int:
    """The number of the UTC day that `at` lies in."""
    return day_of_hour(hour_of(at))


def rebuilt(past: Past) -> RebuiltAccount:
    """The account from `past.since` on; exact.

    Where the exchange's readings begin later than that, yet reach back less far than they are
    kept, the caller sets `since` to the first. A quantity below zero, which no account can
    hold, is an unexplained change of the day too.
    """
    readings = {day_of(each.taken_at) + 1: each.quantities for each in past.readings}
    by_day = _by_day(past)
    held: Mapping[Asset, Decimal] = past.reading.quantities
    end, borne_out = past.reading.taken_at, True
    days: dict[int, tuple[LedgerEntry, ...]] = {}
    certain: set[int] = set()
    for day in range(day_of(past.reading.taken_at), day_of(past.since) - 1, -1):
        entries = by_day.get(day, ())
        before = _less(held, entries)
        read = readings.get(day)
        true = {a: max(q, _ZERO) for a, q in before.items()} if read is None else read
        rest = _unexplained(before, true, entries, end)
        days[day] = (*entries, *rest)
        if borne_out and read is not None and not rest:
            certain.add(day)
        held, end, borne_out = _present(true), midnight(day) - _INSTANT, read is not None
    return RebuiltAccount(past.account_id, past.since, held, days, frozenset(certain))


def differing(past: Past) -> set[Asset]:
    """Assets of which something is left unexplained."""
    return {
        change.asset
        for entries in rebuilt(past).days.values()
        for change in unexplained_of(entries)
    }


def unexplained_of(entries: Iterable[LedgerEntry]) -> list[BalanceChange]:
    """Those of a rebuilt day's entries that no history tells of."""
    return [
        each
        for each in entries
        if isinstance(each, BalanceChange)
        and (each.kind, each.source) == (ChangeKind.MOVEMENT, Source.LEAGUE)
    ]


def assets_seen(past: Past) -> set[Asset]:
    """Every asset that was ever held or moved, as far as known."""
    readings = (past.reading, *past.readings)
    held = {asset for each in readings for asset, quantity in each.quantities.items() if quantity}
    return held | {asset for entry in past.entries for asset in entry.changes()}


def _by_day(past: Past) -> dict[int, tuple[LedgerEntry, ...]]:
    days: defaultdict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in counted(past.entries):
        if past.since <= entry.at <= past.reading.taken_at:
            days[day_of(entry.at)].append(entry)
    return {day: tuple(entries) for day, entries in days.items()}


def _less(held: Mapping[Asset, Decimal], entries: Iterable[LedgerEntry]) -> dict[Asset, Decimal]:
    before = dict(held)
    with localcontext(EXACT):
        for entry in entries:
            for asset, change in entry.changes().items():
                before[asset] = before.get(asset, _ZERO) - change
    return before


def _unexplained(
    before: Mapping[Asset, Decimal],
    true: Mapping[Asset, Decimal],
    entries: Sequence[LedgerEntry],
    end: datetime,
) -> list[BalanceChange]:
    """What the day must have brought beside its `entries`, so that it starts from `true`: seen
    at its end. What undoes one of the entries (a row of a history that is dated on another day
    than its amount came) happens with that one, so that nothing is held in between."""
    rest: list[BalanceChange] = []
    with localcontext(EXACT):
        for asset in sorted(before.keys() | true.keys()):
            quantity = before.get(asset, _ZERO) - true.get(asset, _ZERO)
            if quantity:
                undone = (
                    each.at
                    for each in entries
                    if isinstance(each, BalanceChange) and each.changes() == {asset: -quantity}
                )
                at = next(undone, end)
                kind, seen = ChangeKind.MOVEMENT, end.isoformat()
                rest.append(BalanceChange(kind, asset, quantity, at, seen, Source.LEAGUE))
    return rest


def _present(held: Mapping[Asset, Decimal]) -> dict[Asset, Decimal]:
    return {asset: quantity for asset, quantity in held.items() if quantity}
