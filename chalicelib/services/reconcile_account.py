"""Compare an account's books with the exchange's own, and find what explains a difference.

What is found goes to recording like anything else. A comparison asks no more than it needs:
first the pairs whose two coins both differ, then the histories, cheapest first, then every
pair of a coin that still differs. What breaks off goes on where it was.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain.account import ExchangeAccount, KeyPair
from chalicelib.domain.books import Books
from chalicelib.domain.counted import PAIRED_WITHIN
from chalicelib.domain.holdings import AccountHoldings
from chalicelib.domain.ledger import Checkpoint, Fill, LedgerEntry
from chalicelib.domain.market import Symbol
from chalicelib.domain.money import Asset
from chalicelib.services.exchange_ports import AccountReading, Exchange
from chalicelib.services.ports import Holdings, Ledger, Snapshot
from chalicelib.services.read_account import read_account
from chalicelib.services.read_entries import read_entries

_INSTANT = timedelta(milliseconds=1)
_SURE_AFTER = 2  # comparisons; by then what was on its way or lagged in a history is known


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom a comparison asks. `symbols` are the exchange's pairs, most traded first."""

    exchange: Exchange
    ledger: Ledger
    holdings: Holdings
    symbols: Callable[[], Sequence[Symbol]]


@dataclass(frozen=True, slots=True)
class Findings:
    """What one comparison brought: entries for the ledger, and the reading that agrees with
    them (None while it does not, or when there is nothing new to say).

    `disagrees`: a difference is left that may only be late; compare again in half a minute.
    `nameless_since`: from when on something has no explanation, which may yet come.
    """

    entries: tuple[LedgerEntry, ...] = ()
    snapshot: Snapshot | None = None
    disagrees: bool = False
    nameless_since: datetime | None = None


_Step = tuple[str, Callable[[], Sequence[LedgerEntry]]]


class Reconciliation:
    """The books of one account, compared as often as it takes."""

    def __init__(
        self,
        account: ExchangeAccount,
        pair: KeyPair,
        *,
        after_gap: bool = False,
        doubted_at: datetime | None = None,
    ) -> None:
        """`after_gap`: events may have been missed, so also look for what leaves no difference,
        like a coin bought and sold again. `doubted_at`: when the account was put in doubt."""
        self._account = account
        self._pair = pair
        self.after_gap = after_gap
        self.doubted_at = doubted_at
        self._disagreed = 0
        self._asked: set[str] = set()
        self._found: dict[str, LedgerEntry] = {}
        self._seen_at: dict[Asset, datetime] = {}

    def compare(self, sources: Sources) -> Findings:
        """Compare once. From the second time on, what is left is booked as unexplained.

        Raises ExchangeError's subclasses and StoreUnavailable; then call it again, later.
        """
        taken_at, reading = read_account(sources.exchange, self._pair)
        row = sources.holdings.get(self._account.seat, self._account.account_id)
        base = sources.ledger.checkpoint_before(self._account.account_id, taken_at + _INSTANT)
        if row is None or row.link_number != self._account.link_number or base is None:
            return Findings(disagrees=True)  # its link has not been recorded yet
        if row.unlinked_at is not None:
            return Findings()
        books = self._books(base, Checkpoint(taken_at, dict(reading.quantities)), row, sources)
        before = list(books.entries.values())
        books.add(self._found.values())
        self._note_when_seen(books, row, reading)
        self._search(books, row, reading, sources)
        return self._findings(books, row, before)

    def _books(
        self, base: Checkpoint, reading: Checkpoint, row: AccountHoldings, sources: Sources
    ) -> Books:
        since = min(base.taken_at, self.doubted_at or base.taken_at)
        books = Books(base, reading, max(since - _INSTANT, row.linked_at))
        books.add(
            read_entries(
                self._account.account_id,
                books.since - PAIRED_WITHIN,
                reading.taken_at + _INSTANT,
                sources.ledger,
            )
        )
        return books

    def _note_when_seen(self, books: Books, row: AccountHoldings, reading: AccountReading) -> None:
        """When each difference showed first: at the frame that brought the quantity, else at
        the newest change that the exchange knows of."""
        differences = books.differences()
        self._seen_at = {a: at for a, at in self._seen_at.items() if a in differences}
        for asset in differences:
            known = row.quantities.get(asset)
            quantity = reading.quantities.get(asset)
            by_frame = known is not None and known.amount == quantity
            at = known.order.updated_at if known and by_frame else reading.updated_at
            self._seen_at.setdefault(asset, at)

    def _search(
        self, books: Books, row: AccountHoldings, reading: AccountReading, sources: Sources
    ) -> None:
        """Ask, until the books agree and everything in them has a name."""
        thorough = self.after_gap and _is_newer(reading, books, row)
        for name, ask in self._steps(books, row, thorough, sources):
            if name in self._asked:
                continue
            if not thorough and not books.differences() and not books.nameless():
                break
            found = [entry for entry in ask() if entry.at > row.linked_at]
            self._found |= {entry.entry_id: entry for entry in books.add(found)}
            self._asked.add(name)
        self._asked.clear()

    def _steps(
        self, books: Books, row: AccountHoldings, thorough: bool, sources: Sources
    ) -> Iterator[_Step]:
        symbols = sources.symbols()
        traded = _traded(books.entries.values(), row)
        wanted = _wanted(books)
        near = [
            symbol
            for symbol in symbols
            if {symbol.base, symbol.quote} <= wanted
            or (symbol.name in traded and (thorough or {symbol.base, symbol.quote} & wanted))
        ]
        yield from self._fills(near, books, sources.exchange)
        for history in sources.exchange.histories():
            yield self._movements(history, books, sources.exchange)
        for symbol in symbols:
            if {symbol.base, symbol.quote} & books.differences().keys():
                yield from self._fills([symbol], books, sources.exchange)

    def _fills(
        self, symbols: Iterable[Symbol], books: Books, exchange: Exchange
    ) -> Iterator[_Step]:
        for symbol in symbols:
            yield f"fills {symbol.name}", partial(exchange.fills, self._pair, symbol, books.since)

    def _movements(self, history: str, books: Books, exchange: Exchange) -> _Step:
        start, end = books.since - PAIRED_WITHIN, books.reading.taken_at + _INSTANT
        return history, partial(exchange.movements, self._pair, history, start, end)

    def _findings(
        self, books: Books, row: AccountHoldings, before: Sequence[LedgerEntry]
    ) -> Findings:
        self._disagreed = self._disagreed + 1 if books.differences() else 0
        if 0 < self._disagreed < _SURE_AFTER:
            return Findings(disagrees=True)
        for entry in books.second_reports(self._found.values()):
            books.without(entry)
            del self._found[entry.entry_id]
        rest = books.unexplained(self._seen_at)
        books.add(rest)
        entries = (*self._found.values(), *rest)
        self._found.clear()
        self._disagreed, self.after_gap = 0, False
        self.doubted_at = min((each.at for each in books.nameless()), default=None)
        news = bool(entries) or row.doubted_at is not None or _has_moved(books, row, before)
        return Findings(
            entries,
            snapshot=Snapshot("reconciled", books.reading) if news else None,
            nameless_since=self.doubted_at,
        )


def _is_newer(reading: AccountReading, books: Books, row: AccountHoldings) -> bool:
    """Whether the exchange knows of a change that is newer than all that we know of."""
    known = [books.base.taken_at, *(e.order.updated_at for e in row.quantities.values())]
    return reading.updated_at > max(known)


def _has_moved(books: Books, row: AccountHoldings, before: Sequence[LedgerEntry]) -> bool:
    """Whether anything was recorded since the last reading, or the newest quantities differ."""
    held = {asset: amount for asset, amount in books.reading.quantities.items() if amount}
    return row.amounts() != held or any(entry.at > books.base.taken_at for entry in before)


def _traded(entries: Iterable[LedgerEntry], row: AccountHoldings) -> set[str]:
    """Pairs that the account is known to have traded."""
    fills = {entry.symbol for entry in entries if isinstance(entry, Fill)}
    return fills | {buy.symbol for buy in row.last_buys.values()}


def _wanted(books: Books) -> set[Asset]:
    """Assets for which something is looked for."""
    return books.differences().keys() | {entry.asset for entry in books.nameless()}
