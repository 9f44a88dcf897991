"""One call at a time to Binance's REST API: python-binance signs and sends, this decides the rest.

Each call takes its weight from a budget first. Nothing is sent again blindly: one call may be
repeated once, newly signed, when the clocks disagreed.
"""

import asyncio
import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, TypeAlias

import requests
from binance.client import Client
from binance.exceptions import BinanceAPIException, BinanceRequestException
from requests.adapters import HTTPAdapter

from chalicelib.adapters.binance.answers import SHAPELESS, well_formed
from chalicelib.adapters.binance.budget import Priority, WeightBudget
from chalicelib.adapters.binance.clock import ServerClock
from chalicelib.adapters.binance.errors import (
    TIMESTAMP_OUTSIDE,
    Refusal,
    body_refusal,
    refusal_of,
    translate,
)
from chalicelib.adapters.binance.fields import instant, milliseconds
from chalicelib.adapters.binance.sapi_budget import Counter, SapiBudget
from chalicelib.adapters.binance.signing import private_key_of
from chalicelib.domain.account import KeyKind, KeyPair
from chalicelib.domain.errors import KeyRevoked, RateLimited
from chalicelib.services.exchange_contact import ExchangeContact

Answer: TypeAlias = Any
_USED_WEIGHT = "X-MBX-USED-WEIGHT-1M"
_USED_SAPI_WEIGHTS = ("X-SAPI-USED-IP-WEIGHT-1M", "X-SAPI-USED-UID-WEIGHT-1M")
TIMEOUT_S = 10.0
_NO_PATIENCE = timedelta(0)
_FAILURES = (
    BinanceAPIException,
    BinanceRequestException,
    requests.RequestException,
    *SHAPELESS,
)


@dataclass(frozen=True, slots=True)
class RestAddresses:
    """Where the two halves of the API are, e.g. https://api.binance.com/api and …/sapi, and whether
    they always see us come from the same address."""

    api: str
    sapi: str
    we_stay: bool = False


@dataclass(frozen=True, slots=True)
class SapiCall:
    """One wallet call: its name for messages, its path below /sapi/v1/, its parameters and its
    weight, counted by address or `per_account`. All but a few are signed.

    `room` is the weight of the calls that it is the first of. Where one account pays, nobody
    waits for that: it is refused at once, so that others have their turn.
    """

    name: str
    path: str
    asked: Mapping[str, str | int]
    weight: int = 1
    per_account: bool = False
    priority: Priority = Priority.RECONCILE
    room: int = 0


@dataclass(frozen=True, slots=True)
class _Gate:
    """What a call passes before it is sent, and who is told what came of it."""

    spend: Callable[[], None]
    refused: Callable[[RateLimited], None]
    observe: Callable[[Mapping[str, str], datetime], None]


class BinanceCalls:
    """Calls that come back with JSON, or raise the domain's ExchangeError whatever went wrong;
    may be used by many threads."""

    def __init__(
        self,
        addresses: RestAddresses,
        budget: WeightBudget,
        sapi_budget: SapiBudget,
        machine: Callable[[], datetime],
        timeout_s: float = TIMEOUT_S,
        contact: ExchangeContact | None = None,
    ) -> None:
        """`machine` is the machine's time; the exchange's own is asked for and kept. An answer
        that does not come within `timeout_s` is given up. `contact` is told what comes."""
        self._addresses = addresses
        self._budget = budget
        self._sapi_budget = sapi_budget
        self._machine = machine
        self.contact = contact or ExchangeContact(machine)
        self._timeout_s = timeout_s
        self.clock = ServerClock(machine)
        self._leisurely = False
        self._template = _client()
        self._connections = HTTPAdapter(pool_maxsize=16)

    def close(self) -> None:
        """Close the connections that were kept open."""
        self._connections.close()

    def time(self) -> datetime:
        """The exchange's clock, which signatures follow from then on."""
        answer = self.api("time", 1, Priority.STREAMS, lambda client: client.get_server_time())
        with well_formed("time"):
            now = instant(answer, "serverTime")
        self.clock.correct(now)
        return now

    def at_leisure(self) -> Self:
        """The same calls with the lowest priority: they fill only a part of each counter that
        others ask from too, and wait for none of /sapi."""
        view = copy.copy(self)
        view._leisurely = True
        return view

    def api(
        self,
        name: str,
        weight: int,
        priority: Priority,
        ask: Callable[[Client], Answer],
        pair: KeyPair | None = None,
    ) -> Answer:
        """The answer of a call under /api, whose weight is that of the whole address."""
        if self._leisurely:
            priority = Priority.IMPORT
        gate = _Gate(
            lambda: self._budget.spend(weight, priority),
            lambda error: self._budget.pause(error.retry_at, banned=error.banned),
            self._observe,
        )
        return self._call(name, gate, ask, pair)

    def sapi(self, call: SapiCall, pair: KeyPair | None = None) -> Answer:
        """The answer of a call under /sapi, signed when there is a `pair`.

        Too much of it pauses this call alone; a ban shuts out the address as everywhere.
        """
        counter = Counter(call.path, pair.api_key if pair and call.per_account else None)

        def spend() -> None:
            room = call.room if counter.api_key is not None else 0
            if self._leisurely:
                self._sapi_budget.spend(counter, call.weight, room, _NO_PATIENCE, _share(call))
            else:
                self._sapi_budget.spend(counter, call.weight, room)
            self._budget.spend(0, call.priority)  # last: a ban may come while the other waits

        def refused(error: RateLimited) -> None:
            if error.banned:
                self._budget.pause(error.retry_at, banned=True)
            else:
                self._sapi_budget.pause(counter, error.retry_at)

        def observe(headers: Mapping[str, str], asked_at: datetime) -> None:
            for used in map(headers.get, _USED_SAPI_WEIGHTS):
                if used is not None and used.isdecimal():
                    self._sapi_budget.observe(counter, int(used), asked_at)

        return self._call(
            call.name,
            _Gate(spend, refused, observe),
            # the library lacks a method for some of them, and changes what it is given
            lambda client: client._request_margin_api(
                "get", call.path, pair is not None, data=dict(call.asked)
            ),
            pair,
        )

    def _call(
        self, name: str, gate: _Gate, ask: Callable[[Client], Answer], pair: KeyPair | None
    ) -> Answer:
        answer, refusal, cause = self._ask_once(gate, ask, pair)
        if refusal is not None and pair is not None and refusal.code == TIMESTAMP_OUTSIDE:
            self.time()
            answer, refusal, cause = self._ask_once(gate, ask, pair)
        if refusal is None:
            self.contact.answered(account=pair is not None)
            return answer
        error = translate(refusal, name, self._machine())
        self.contact.failed(error)
        if isinstance(error, RateLimited):
            gate.refused(error)
        raise error from cause

    def _ask_once(
        self, gate: _Gate, ask: Callable[[Client], Answer], pair: KeyPair | None
    ) -> tuple[Answer, Refusal | None, Exception | None]:
        self._budget.require_rest()
        gate.spend()
        asked_at = self._machine()
        client = self._client(pair)
        try:
            answer = ask(client)
        except _FAILURES as error:
            return None, refusal_of(client.response, error, self._machine()), error
        finally:
            if client.response is not None:
                gate.observe(client.response.headers, asked_at)
        return answer, body_refusal(answer), None

    def _observe(self, headers: Mapping[str, str], asked_at: datetime) -> None:
        used = headers.get(_USED_WEIGHT, "")
        if used.isdecimal():
            self._budget.observe(int(used), asked_at)

    def _client(self, pair: KeyPair | None) -> Client:
        """A client for one call: own headers and last response, shared connections."""
        client = copy.copy(self._template)
        # both set by hand: the library's flags leave /sapi at the real exchange
        client.API_URL = self._addresses.api
        client.MARGIN_API_URL = self._addresses.sapi
        if pair is not None:
            if not pair.api_key.isascii() or not pair.api_key.isprintable():
                raise KeyRevoked("an API key is letters and digits only")
            client.API_KEY = pair.api_key
            if pair.kind is KeyKind.ED25519:
                client.PRIVATE_KEY = private_key_of(pair)
            else:
                client.API_SECRET = pair.secret
        ahead = milliseconds(self.clock.now()) - time.time() * 1000
        client.timestamp_offset = ahead
        client._requests_params = {"timeout": self._timeout_s, "allow_redirects": False}
        client.session = requests.Session()
        client.session.trust_env = False
        client.session.headers.update(client._get_headers())
        client.session.mount("https://", self._connections)
        client.session.mount("http://", self._connections)
        return client


def _share(call: SapiCall) -> float:
    """The part of its counter that a call at leisure may fill: all of one that only an import
    asks from, and of the account's own, which delays nobody else."""
    alone = call.per_account or call.priority is Priority.IMPORT
    return 1.0 if alone else Priority.IMPORT.value


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
