"""Binance as an Exchange: what is asked for each of the port's calls, and at which weight.

Sending is left to `calls.py`, reading to `answers.py`, `permissions.py` and `histories.py`.
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import chain, repeat

from chalicelib.adapters.binance import past
from chalicelib.adapters.binance.answers import (
    account_of,
    fill_of,
    lists_of,
    quote_of,
    rows_of,
    state_of,
    symbol_of,
    weight_limit_of,
    well_formed,
)
from chalicelib.adapters.binance.budget import Priority, WeightBudget
from chalicelib.adapters.binance.calls import TIMEOUT_S, BinanceCalls, RestAddresses, SapiCall
from chalicelib.adapters.binance.fields import milliseconds, text
from chalicelib.adapters.binance.histories import HISTORIES
from chalicelib.adapters.binance.listings import Ask, Listing, read_listing, spans
from chalicelib.adapters.binance.permissions import permissions_of
from chalicelib.adapters.binance.sapi_budget import SapiBudget
from chalicelib.domain.account import KeyPair, KeyPermissions
from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    InvalidRequest,
    KeyRevoked,
    RateLimited,
    SymbolGone,
)
from chalicelib.domain.ledger import BalanceChange, Checkpoint, Fill, order_of
from chalicelib.domain.market import Quote, Symbol
from chalicelib.domain.money import amount
from chalicelib.services.exchange_contact import ExchangeContact
from chalicelib.services.exchange_ports import AccountReading, ExchangeState

_PAGE = 1000


class BinanceExchange:
    """An Exchange; may be used by many threads."""

    def __init__(
        self,
        addresses: RestAddresses,
        budget: WeightBudget,
        machine: Callable[[], datetime],
        sapi_budget: SapiBudget | None = None,
        timeout_s: float = TIMEOUT_S,
        contact: ExchangeContact | None = None,
    ) -> None:
        """`machine` is the machine's time; the exchange's own is asked for and kept. An answer
        that does not come within `timeout_s` is given up. `contact` is told what comes."""
        self._budget = budget
        self._we_stay = addresses.we_stay
        self._calls = BinanceCalls(
            addresses, budget, sapi_budget or SapiBudget(machine), machine, timeout_s, contact
        )
        self.clock = self._calls.clock
        self.contact = self._calls.contact

    def close(self) -> None:
        """Close the connections that were kept open."""
        self._calls.close()

    def state(self) -> ExchangeState:
        """Whether the exchange works, by what it says itself."""
        answer = self._calls.sapi(SapiCall("state", "system/status", {}, priority=Priority.STREAMS))
        with well_formed("state"):
            return state_of(answer)

    def time(self) -> datetime:
        """The exchange's clock, which signatures follow from then on."""
        return self._calls.time()

    def symbols(self) -> dict[str, Symbol]:
        """All listed symbols by name. The budget follows the limit that comes with them."""
        answer = self._calls.api(
            "symbols", 20, Priority.PRICES, lambda client: client.get_exchange_info()
        )
        with well_formed("symbols"):
            limit = weight_limit_of(answer)
            if limit is not None:
                self._budget.set_limit(limit)
            return {each.name: each for each in map(symbol_of, answer["symbols"])}

    def quotes(self) -> dict[str, Quote]:
        """Last price and traded value of 24 h of the symbols that trade."""
        asked = {"type": "MINI", "symbolStatus": "TRADING"}
        answer = self._calls.api(
            "quotes",
            80,
            Priority.PRICES,
            # the library's own method cannot say which statuses are wanted
            lambda client: client._get("ticker/24hr", data=dict(asked)),
        )
        with well_formed("quotes"):
            return {text(row, "symbol"): quote_of(row) for row in rows_of(answer)}

    def minute_close(self, symbol: str, minute: datetime) -> Decimal | None:
        """Close of the 1-minute candle that opens at `minute`; None where there is none."""
        opens = milliseconds(minute)
        answer = self._calls.api(
            "minute_close",
            2,
            Priority.PRICES,
            lambda client: client.get_klines(
                symbol=symbol, interval="1m", startTime=opens, limit=1
            ),
        )
        with well_formed("minute_close"):
            candles = [row for row in lists_of(answer) if row[0] == opens]
            return amount(candles[0][4], "close") if candles else None

    def account(self, pair: KeyPair) -> AccountReading:
        """Quantities and uid of the key's account."""
        answer = self._calls.api(
            "account",
            20,
            Priority.CHECKS,
            lambda client: client.get_account(omitZeroBalances="true"),
            pair,
        )
        with well_formed("account"):
            return account_of(answer)

    def permissions(self, pair: KeyPair) -> KeyPermissions:
        """What the key may do. Being locked to addresses counts where ours change."""
        call = SapiCall("permissions", "account/apiRestrictions", {}, priority=Priority.CHECKS)
        answer = self._calls.sapi(call, pair)
        with well_formed("permissions"):
            found = permissions_of(answer)
        # it has answered us: if we stay where we are, it will go on doing so
        return replace(found, address_locked=False) if self._we_stay else found

    def fills(self, pair: KeyPair, symbol: Symbol, start: datetime) -> list[Fill]:
        """Fills of one symbol executed at or after `start`, oldest first."""
        found: list[Fill] = []
        asked: dict[str, int] = {"startTime": milliseconds(start)}
        while True:
            try:
                page = self._fills(pair, symbol, asked)
            except SymbolGone:
                return found  # taken off the list: nothing is told of it any more
            found += page
            if len(page) < _PAGE:
                return found
            asked = {"fromId": page[-1].trade_id + 1}

    def _fills(self, pair: KeyPair, symbol: Symbol, asked: Mapping[str, int]) -> list[Fill]:
        answer = self._calls.api(
            "fills",
            20,
            Priority.RECONCILE,
            lambda client: client.get_my_trades(symbol=symbol.name, limit=_PAGE, **asked),
            pair,
        )
        with well_formed("fills"):
            return [fill_of(row, symbol) for row in rows_of(answer)]

    def hour_closes(self, symbol: str, start: datetime, end: datetime) -> dict[int, Decimal]:
        """The price at each full hour from `start` to `end`, its end included."""
        return past.hour_closes(self._calls, symbol, start, end)

    def snapshots(self, pair: KeyPair, end: datetime) -> list[Checkpoint]:
        """The daily readings of the last month up to `end`, oldest first."""
        return past.snapshots(self._calls, pair, end)

    def snapshots_kept(self) -> int:
        """Of how many past days there are readings."""
        return past.SNAPSHOTS_KEPT

    def at_leisure(self) -> "BinanceExchange":
        """The same exchange, asked what can wait; see the port."""
        view = copy.copy(self)
        view._calls = self._calls.at_leisure()
        return view

    def histories(self) -> Sequence[str]:
        """Names of the histories of everything that moves a balance without a fill."""
        return tuple(HISTORIES)

    def movements(
        self, pair: KeyPair, history: str, start: datetime, end: datetime
    ) -> list[BalanceChange]:
        """What one history says happened with start ≤ changed_at < end, oldest first, as far
        back as Binance keeps it."""
        if history not in HISTORIES:
            raise InvalidRequest(f"no history {history!r}")
        found: dict[str, BalanceChange] = {}
        asked = [(each, *self._asked(each, start, end)) for each in HISTORIES[history]]
        room = sum(each.weight * len(spans(each, *span)) for each, *span in asked)
        ask = self._ask(pair, room)
        with well_formed(history):
            for listing, first, last in asked:
                for change in _listed(history, listing, ask, first, last):
                    if start <= change.changed_at < end:
                        found[change.entry_id] = change
        return sorted(found.values(), key=order_of)

    def _asked(self, listing: Listing, start: datetime, end: datetime) -> tuple[int, int]:
        """The first and the last millisecond under which it may list what happened between."""
        start, end = start - listing.late, end + listing.rounded
        if listing.kept is not None:
            start = max(start, self.clock.now() - listing.kept)
        return milliseconds(start), milliseconds(end)

    def _ask(self, pair: KeyPair, room: int) -> Ask:
        """Calls with this key, the first of which wants room for them all."""
        rooms = chain([room], repeat(0))
        return lambda call: self._calls.sapi(replace(call, room=next(rooms)), pair)


def _listed(
    name: str, listing: Listing, ask: Ask, first: int, last: int
) -> Iterator[BalanceChange]:
    """What the list says; nothing where it is not kept for accounts of this sort."""
    try:
        yield from read_listing(name, listing, ask, first, last)
    except (ExchangeUnavailable, RateLimited):
        raise
    except ExchangeError as error:
        if listing.only_some:
            return
        if isinstance(error, KeyRevoked):
            raise
        raise ExchangeUnavailable(str(error)) from error
