"""Which ledger entries count, and as what: one pure function of their content and times.

The ledger keeps all that was ever learned, in several words: a frame's movement and the row
that the exchange's history has of it, a change that nothing explained and what explained it
later. `counted` reads it, so the order in which things are learned does not matter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

from chalicelib.domain.ledger import (
    BalanceChange,
    ChangeKind,
    LedgerEntry,
    Source,
    WholeChange,
    order_of,
)
from chalicelib.domain.money import EXACT

PAIRED_WITHIN = timedelta(minutes=30)
"""How far apart a frame's movement and the history's row of it may be."""


def counted(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The entries that count, in the order of the ledger, each once.

    A frame's movement and the exchange's history row of the same asset and signed amount (a
    withdrawal with or without its fee), at most 30 minutes apart, nearest first, are one
    change: the frame's instant and quantity, the history's id and kind. An unexplained change
    is what its whole change leaves over when all other entries of that span are taken off;
    none is left once they explain it. One that a history row just outside its span tells of is
    that row's, as a frame would be. Two that are left, of opposite signs and alone in their
    second, are one exchange of coins: a convert.

    `entries` must hold those of `span` for each unexplained change among them.
    """
    known, unexplained = _sorted_out(entries)
    movements = [e for e in known if isinstance(e, BalanceChange) and _is_unnamed(e)]
    known = _with_names(known, movements, _from_history(known))
    left = _left_over(unexplained, known)
    outside = [e for e in _from_history(known) if not any(_spans(each, e) for each in left)]
    return sorted(_with_exchanges(_with_names([*known, *left], left, outside)), key=order_of)


def span(entries: Iterable[LedgerEntry]) -> tuple[datetime, datetime] | None:
    """From when until when (inclusive) entries are needed to tell what is left of the
    unexplained changes among `entries`; None when there are none."""
    wholes = [e.whole for e in entries if isinstance(e, BalanceChange) and e.whole is not None]
    if not wholes:
        return None
    return min(each.start for each in wholes), max(each.end for each in wholes)


def _sorted_out(entries: Iterable[LedgerEntry]) -> tuple[list[LedgerEntry], list[BalanceChange]]:
    """What is known and what was unexplained, each once, in the order of the ledger. Of two
    findings over one span's start the later one knows more."""
    known: dict[str, LedgerEntry] = {}
    unexplained: dict[str, BalanceChange] = {}
    for entry in sorted(entries, key=_of_finding):
        if isinstance(entry, BalanceChange) and entry.kind is ChangeKind.UNEXPLAINED:
            unexplained[entry.entry_id] = entry
        else:
            known[entry.entry_id] = entry
    return sorted(known.values(), key=order_of), sorted(unexplained.values(), key=_of_finding)


def _of_finding(entry: LedgerEntry) -> tuple[datetime, datetime, bool, str]:
    whole = entry.whole if isinstance(entry, BalanceChange) else None
    return (whole.end if whole else entry.at, *order_of(entry))


def _left_over(
    unexplained: Sequence[BalanceChange], known: Sequence[LedgerEntry]
) -> list[BalanceChange]:
    """Each unexplained change with what the others of its span leave of it; spent ones dropped."""
    left: list[BalanceChange] = []
    for entry in unexplained:
        quantity = entry.quantity
        if entry.whole is not None:
            with localcontext(EXACT):
                told = sum(
                    (
                        each.changes().get(entry.asset, Decimal(0))
                        for each in [*known, *left]
                        if _within(entry.whole, each)
                    ),
                    Decimal(0),
                )
                quantity = entry.whole.quantity - told
        if quantity:
            left.append(replace(entry, quantity=quantity))
    return left


def _within(whole: WholeChange, entry: LedgerEntry) -> bool:
    return whole.start < entry.at <= whole.end


def _spans(unexplained: BalanceChange, entry: BalanceChange) -> bool:
    """Whether the entry was taken off already when what is left was reckoned."""
    whole = unexplained.whole
    return whole is not None and unexplained.asset == entry.asset and _within(whole, entry)


def _is_unnamed(entry: BalanceChange) -> bool:
    return entry.source is Source.FRAME and entry.kind is ChangeKind.MOVEMENT


def _from_history(entries: Sequence[LedgerEntry]) -> list[BalanceChange]:
    return [e for e in entries if isinstance(e, BalanceChange) and e.source is Source.HISTORY]


def _with_names(
    entries: Sequence[LedgerEntry],
    unnamed: Sequence[BalanceChange],
    histories: Sequence[BalanceChange],
) -> list[LedgerEntry]:
    """The entries, the unnamed ones with the names that histories have for them, and without
    the histories that gave one."""
    names = _pairs(unnamed, histories)
    used = {history.entry_id for history in names.values()}
    result: list[LedgerEntry] = []
    for entry in entries:
        name = names.get(entry.entry_id)
        if name is not None and isinstance(entry, BalanceChange):
            entry = replace(
                entry, kind=name.kind, change_id=name.change_id, network_fee=name.network_fee
            )
        elif entry.entry_id in used:
            continue
        result.append(entry)
    return result


def _pairs(
    unnamed: Sequence[BalanceChange], histories: Sequence[BalanceChange]
) -> dict[str, BalanceChange]:
    """By the unnamed entry's id, the history row nearest to it that is no nearer to another."""
    candidates = sorted(
        (abs(frame.changed_at - history.changed_at), frame.entry_id, history.entry_id)
        for frame in unnamed
        for history in histories
        if _same_change(frame, history)
    )
    by_id = {history.entry_id: history for history in histories}
    named: dict[str, BalanceChange] = {}
    used: set[str] = set()
    for _, frame_id, history_id in candidates:
        if frame_id not in named and history_id not in used:
            named[frame_id] = by_id[history_id]
            used.add(history_id)
    return named


def _same_change(frame: BalanceChange, history: BalanceChange) -> bool:
    if frame.asset != history.asset:
        return False
    if abs(frame.changed_at - history.changed_at) > PAIRED_WITHIN:
        return False
    with localcontext(EXACT):
        amounts = {history.quantity}
        if history.quantity < 0:
            amounts |= {
                history.quantity + history.network_fee,
                history.quantity - history.network_fee,
            }
    return frame.quantity in amounts


def _with_exchanges(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    seconds: dict[datetime, list[BalanceChange]] = {}
    for entry in entries:
        if isinstance(entry, BalanceChange) and entry.kind is ChangeKind.UNEXPLAINED:
            seconds.setdefault(entry.changed_at.replace(microsecond=0), []).append(entry)
    exchanged = {
        entry.entry_id
        for second in seconds.values()
        if len(second) == 2
        and second[0].asset != second[1].asset
        and (second[0].quantity > 0) != (second[1].quantity > 0)
        for entry in second
    }
    return [
        replace(entry, kind=ChangeKind.CONVERT)
        if isinstance(entry, BalanceChange) and entry.entry_id in exchanged
        else entry
        for entry in entries
    ]
