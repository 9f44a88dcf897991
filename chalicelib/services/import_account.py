"""Rebuild an account's past from the exchange, step by step, and the trader's line from it.

Each step asks the exchange for one thing and stores what it found, so an import that breaks off
goes on with the first step not done. Which pairs were traded is not known: those of two coins
that the account is seen with are asked for, then, while the exchange's own daily readings
disagree with the books, others of the coins concerned, most traded first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from chalicelib.domain.account import ExchangeAccount, KeyPair
from chalicelib.domain.errors import RateLimited
from chalicelib.domain.imported import LONGEST_DAYS
from chalicelib.domain.ledger import Checkpoint, LedgerEntry
from chalicelib.domain.market import Symbol
from chalicelib.domain.past_prices import pairs_among
from chalicelib.domain.rebuild import Past, assets_seen, day_of, differing, midnight
from chalicelib.services.exchange_ports import Exchange
from chalicelib.services.import_ports import ImportPart, ImportProgress, Imports
from chalicelib.services.ports import Holdings, Ledger
from chalicelib.services.rebuild_line import (
    COUNTED,
    LinePrices,
    known_since,
    past_of,
    rebuild_line,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPAN = timedelta(days=23)
"""How much time one step asks a history for. An exchange's rows may be listed a week late, so a
month is what it is asked for, and what one minute's weight allows of the dearest."""
_FURTHEST = timedelta(days=2 * LONGEST_DAYS)
"""An account linked later than this after the start has no part in the line."""
_MOST_SEARCHED = 150
_INSTANT = timedelta(milliseconds=1)
_SNAPSHOTS = "snapshots"
_FILLS = "fills "


@dataclass(frozen=True, slots=True)
class ImportSources:
    """Whom an import asks. `exchange` is one at leisure; `symbols` are its pairs, most traded
    first."""

    exchange: Exchange
    ledger: Ledger
    holdings: Holdings
    imports: Imports
    symbols: Callable[[], Sequence[Symbol]]


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    ask: Callable[[], Sequence[LedgerEntry] | ImportPart]


def begin_import(
    account: ExchangeAccount, pair: KeyPair, sources: ImportSources
) -> "AccountImport | None":
    """The import of an account, as far as it has come; None while its link is not recorded.

    It reaches from the account's own first link back to 90 days before the trader's first. Raises
    StoreUnavailable.
    """
    reading = sources.ledger.checkpoint_from(account.account_id, _EPOCH)
    if reading is None:
        return None
    others = sources.holdings.of_seat(account.seat)
    links = [sources.ledger.checkpoint_from(each.account_id, _EPOCH) for each in others]
    first_link = min([reading.taken_at, *(each.taken_at for each in links if each)])
    start = midnight(day_of(first_link) - LONGEST_DAYS)
    found = sources.imports.parts(account.trader_id)
    parts = {each.name: each for each in found if each.account_id == account.account_id}
    return AccountImport(account, pair, sources, reading, first_link, start, parts)


class AccountImport:
    """The import of one account's past; see `begin_import`."""

    def __init__(
        self,
        account: ExchangeAccount,
        pair: KeyPair,
        sources: ImportSources,
        reading: Checkpoint,
        first_link: datetime,
        start: datetime,
        parts: dict[str, ImportPart],
    ) -> None:
        """`reading` linked the account, `first_link` is the trader's; the past is asked for from
        the midnight `start` on, of which `parts` were found before."""
        self._account = account
        self._pair = pair
        self._sources = sources
        self._reading = reading
        self._first_link = first_link
        self._start = start
        self._parts = parts
        self._prices = LinePrices(sources.exchange, sources.symbols)
        self._searched = 0
        self._published = 0
        self._waiting: dict[str, datetime] = {}
        self._fills_wait_until: datetime | None = None

    def turn(self) -> datetime | None:
        """Do all steps that can be done now; returns None when all are done, else when to take
        the next turn, by the machine's clock.

        The line is written whenever what was found is all that can be had for the moment.
        Raises ExchangeError's subclasses and StoreUnavailable; then call it again, later.
        """
        self._waiting, self._fills_wait_until = {}, None
        if self._reading.taken_at - self._start <= _FURTHEST:
            for step in self._steps():
                self._do(step)
            self._publish()
        retry_at = min(self._waiting.values(), default=None)
        self._note(100 if retry_at is None else self._percent())
        return retry_at

    def _past(self) -> Past:
        name, parts = self._account.account_id, self._parts.values()
        return past_of(name, self._reading, self._start, parts)

    def _steps(self) -> Iterator[_Step]:
        """All steps, each after those it depends on were tried."""
        yield _Step(_SNAPSHOTS, self._ask_snapshots)
        if self._is_young() is not False:
            return
        for history in self._sources.exchange.histories():
            yield from self._spans(history)
        yield from self._fills(self._candidates)
        if not self._waiting:
            yield from self._fills(self._suspects, most=_MOST_SEARCHED)

    def _spans(self, history: str) -> Iterator[_Step]:
        ask = self._sources.exchange.movements
        start, end, number = self._start, self._reading.taken_at + _INSTANT, 0
        while start < end:
            until = min(start + _SPAN, end)
            yield _Step(f"{history} {number}", partial(ask, self._pair, history, start, until))
            start, number = until, number + 1

    def _fills(
        self, wanted: Callable[[], Sequence[Symbol]], most: int | None = None
    ) -> Iterator[_Step]:
        """Fills of the pairs that are wanted and were not asked for, until there are none: what
        one pair tells may change which are. With `most` only so many, one after the other."""
        tried: set[str] = set()
        while True:
            named = {_FILLS + each.name: each for each in wanted()}
            left = [name for name in named if name not in self._parts and name not in tried]
            if not left or self._searched == most:
                return
            for name in left if most is None else left[:1]:
                self._searched += most is not None
                tried.add(name)
                ask = partial(self._sources.exchange.fills, self._pair, named[name], self._start)
                yield _Step(name, ask)

    def _candidates(self) -> Sequence[Symbol]:
        """Pairs of two coins that the account is known with."""
        return pairs_among(assets_seen(self._past()), self._sources.symbols())

    def _suspects(self) -> Sequence[Symbol]:
        """Pairs of a coin of which something is unexplained."""
        unclear = differing(self._past())
        symbols = self._sources.symbols()
        return [each for each in symbols if {each.base, each.quote} & unclear]

    def _is_young(self) -> bool | None:
        """Whether an exchange that reads its accounts daily has not read this one yet, so that
        there is nothing to import; None while it could not be asked."""
        found = self._parts.get(_SNAPSHOTS)
        kept = self._sources.exchange.snapshots_kept()
        return None if found is None else bool(kept) and not found.readings

    def _ask_snapshots(self) -> ImportPart:
        found = self._sources.exchange.snapshots(self._pair, self._reading.taken_at)
        return ImportPart(self._account.account_id, _SNAPSHOTS, readings=tuple(found))

    def _do(self, step: _Step) -> None:
        """Do a step that was not done; one whose weight is spent is left for later."""
        if step.name in self._parts:
            return
        if step.name.startswith(_FILLS) and self._fills_wait_until is not None:
            # one counter is behind them all
            self._waiting[step.name] = self._fills_wait_until
            return
        try:
            found = step.ask()
        except RateLimited as error:
            self._waiting[step.name] = error.retry_at
            if step.name.startswith(_FILLS):
                self._fills_wait_until = error.retry_at
            return
        if not isinstance(found, ImportPart):
            before = tuple(each for each in found if each.at <= self._reading.taken_at)
            found = ImportPart(self._account.account_id, step.name, before)
        self._sources.imports.put_part(self._account.trader_id, found)
        self._parts[step.name] = found

    def _publish(self) -> None:
        """Write the trader's line, if anything was found since it was last written."""
        if self._published == len(self._parts) or _SNAPSHOTS not in self._parts:
            return
        past = self._past()
        since = known_since(past, self._sources.exchange.snapshots_kept())
        counts = (Checkpoint(since, {}), past.reading)
        part = ImportPart(self._account.account_id, COUNTED, readings=counts)
        trader_id, imports = self._account.trader_id, self._sources.imports
        imports.put_part(trader_id, part)
        rebuild_line(trader_id, self._first_link, imports, self._prices)
        self._published = len(self._parts)

    def _percent(self) -> int:
        done = len(self._parts)
        return 99 * done // (done + len(self._waiting))

    def _note(self, percent: int) -> None:
        progress = ImportProgress(self._account.account_id, percent)
        self._sources.imports.put_progress(self._account.trader_id, progress)
