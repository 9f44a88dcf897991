"""Calls to Binance's REST API: python-binance signs and sends, the rest is decided here.

Addresses are set on the client itself, for /sapi too. Each call takes its weight from the
shared budget first. Nothing is sent again blindly: one call may be repeated once, newly
signed, when the clocks disagreed.
"""

import asyncio
import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

import requests
from binance.client import Client
from binance.exceptions import BinanceAPIException, BinanceRequestException
from requests.adapters import HTTPAdapter

from chalicelib.adapters.binance import wallet
from chalicelib.adapters.binance.answers import (
    SHAPELESS,
    account_of,
    fill_of,
    quote_of,
    rows_of,
    symbol_of,
    weight_limit_of,
    well_formed,
)
from chalicelib.adapters.binance.budget import Priority, WeightBudget
from chalicelib.adapters.binance.clock import ServerClock
from chalicelib.adapters.binance.errors import (
    TIMESTAMP_OUTSIDE,
    Refusal,
    body_refusal,
    refusal_of,
    translate,
)
from chalicelib.adapters.binance.fields import instant, milliseconds, text
from chalicelib.domain.account import KeyPair, KeyPermissions
from chalicelib.domain.errors import KeyRevoked, RateLimited, SymbolGone
from chalicelib.domain.ledger import BalanceChange, Fill, order_of
from chalicelib.domain.market import Quote, Symbol
from chalicelib.domain.money import amount
from chalicelib.services.exchange_ports import AccountReading

_Answer: TypeAlias = Any
_USED_WEIGHT = "X-MBX-USED-WEIGHT-1M"
_TIMEOUT_S = 10
_PAGE = 1000
_FAILURES = (
    BinanceAPIException,
    BinanceRequestException,
    requests.RequestException,
    *SHAPELESS,
)


@dataclass(frozen=True, slots=True)
class RestAddresses:
    """Where the two halves of the API are, e.g. https://api.binance.com/api and …/sapi."""

    api: str
    sapi: str


class BinanceExchange:
    """An Exchange; may be used by many threads."""

    def __init__(
        self, addresses: RestAddresses, budget: WeightBudget, machine: Callable[[], datetime]
    ) -> None:
        """`machine` is the machine's time; the exchange's own is asked for and kept."""
        self._addresses = addresses
        self._budget = budget
        self._machine = machine
        self.clock = ServerClock(machine)
        self._template = _client()
        self._connections = HTTPAdapter(pool_maxsize=16)

    def close(self) -> None:
        """Close the connections that were kept open."""
        self._connections.close()

    def time(self) -> datetime:
        """The exchange's clock, which signatures follow from then on."""
        answer = self._call("time", 1, Priority.STREAMS, lambda client: client.get_server_time())
        with well_formed("time"):
            now = instant(answer, "serverTime")
        self.clock.correct(now)
        return now

    def symbols(self) -> dict[str, Symbol]:
        """All listed symbols by name. The budget follows the limit that comes with them."""
        answer = self._call(
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
        answer = self._call(
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
        answer = self._call(
            "minute_close",
            2,
            Priority.PRICES,
            lambda client: client.get_klines(
                symbol=symbol, interval="1m", startTime=opens, limit=1
            ),
        )
        with well_formed("minute_close"):
            candles = [row for row in answer if row[0] == opens]
            return amount(candles[0][4], "close") if candles else None

    def account(self, pair: KeyPair) -> AccountReading:
        """Quantities and uid of the key's account."""
        answer = self._call(
            "account",
            20,
            Priority.CHECKS,
            lambda client: client.get_account(omitZeroBalances="true"),
            pair,
        )
        with well_formed("account"):
            return account_of(answer)

    def permissions(self, pair: KeyPair) -> KeyPermissions:
        """What the key may do."""
        answer = self._call(
            "permissions",
            0,  # counted by Binance apart, with a limit nobody reaches
            Priority.CHECKS,
            lambda client: client.get_account_api_permissions(),
            pair,
        )
        with well_formed("permissions"):
            return wallet.permissions_of(answer)

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
        answer = self._call(
            "fills",
            20,
            Priority.RECONCILE,
            lambda client: client.get_my_trades(symbol=symbol.name, limit=_PAGE, **asked),
            pair,
        )
        with well_formed("fills"):
            return [fill_of(row, symbol) for row in rows_of(answer)]

    def histories(self) -> Sequence[str]:
        """Names of the histories of everything that moves a balance without a fill."""
        return tuple(wallet.HISTORIES)

    def movements(
        self, pair: KeyPair, history: str, start: datetime, end: datetime
    ) -> list[BalanceChange]:
        """What one history says happened with start ≤ changed_at < end, oldest first."""
        found: list[BalanceChange] = []
        for first, last in wallet.windows(start, end):
            found += self._history(pair, wallet.HISTORIES[history], first, last)
        unique = {each.entry_id: each for each in found if start <= each.changed_at < end}
        return sorted(unique.values(), key=order_of)

    def _history(
        self, pair: KeyPair, history: wallet.History, start: datetime, end: datetime
    ) -> list[BalanceChange]:
        found: list[BalanceChange] = []
        offset = 0
        while True:
            asked = {
                "startTime": milliseconds(start),
                "endTime": milliseconds(end),
                "offset": offset,
                "limit": _PAGE,
            }
            answer = self._call(
                history.name,
                0,
                Priority.RECONCILE,
                # a method of the library, named in wallet.py; it changes what it is given
                lambda client, asked=asked: getattr(client, history.method)(**asked),  # type: ignore[misc]
                pair,
            )
            with well_formed(history.name):
                rows = rows_of(answer)
                found += [change for change in map(history.change_of, rows) if change is not None]
            if len(rows) < _PAGE:
                return found
            offset += _PAGE

    def _call(
        self,
        name: str,
        weight: int,
        priority: Priority,
        ask: Callable[[Client], _Answer],
        pair: KeyPair | None = None,
    ) -> _Answer:
        """The JSON answer. Raises the domain's ExchangeError, whatever went wrong."""
        answer, refusal, cause = self._ask_once(weight, priority, ask, pair)
        if refusal is not None and pair is not None and refusal.code == TIMESTAMP_OUTSIDE:
            self.time()
            answer, refusal, cause = self._ask_once(weight, priority, ask, pair)
        if refusal is None:
            return answer
        error = translate(refusal, name, self._machine())
        if isinstance(error, RateLimited):
            self._budget.pause(error.retry_at, banned=error.banned)
        raise error from cause

    def _ask_once(
        self,
        weight: int,
        priority: Priority,
        ask: Callable[[Client], _Answer],
        pair: KeyPair | None,
    ) -> tuple[_Answer, Refusal | None, Exception | None]:
        self._budget.spend(weight, priority)
        asked_at = self._machine()
        client = self._client(pair)
        try:
            answer = ask(client)
        except _FAILURES as error:
            return None, refusal_of(client.response, error, self._machine()), error
        finally:
            self._observe(client, asked_at)
        return answer, body_refusal(answer), None

    def _observe(self, client: Client, asked_at: datetime) -> None:
        headers = client.response.headers if client.response is not None else {}
        used = headers.get(_USED_WEIGHT, "")
        if used.isdecimal():
            self._budget.observe(int(used), asked_at)

    def _client(self, pair: KeyPair | None) -> Client:
        """A client for one call: own headers and last response, shared connections."""
        client = copy.copy(self._template)
        client.API_URL = self._addresses.api
        client.MARGIN_API_URL = self._addresses.sapi
        if pair is not None:
            if not pair.api_key.isascii() or not pair.api_key.isprintable():
                raise KeyRevoked("an API key is letters and digits only")
            client.API_KEY, client.API_SECRET = pair.api_key, pair.secret
        ahead = milliseconds(self.clock.now()) - time.time() * 1000
        client.timestamp_offset = ahead
        client._requests_params = {"timeout": _TIMEOUT_S, "allow_redirects": False}
        client.session = requests.Session()
        client.session.trust_env = False
        client.session.headers.update(client._get_headers())
        client.session.mount("https://", self._connections)
        client.session.mount("http://", self._connections)
        return client


def _client() -> Client:
    """A client that has sent nothing yet.

    It takes an event loop for WebSockets we never open through it; it gets one of its own,
    closed at once, so that neither this thread's loop nor an open one is left with it.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return Client(ping=False)
    finally:
        asyncio.set_event_loop(None)
        loop.close()
