"""The account events of one slot's accounts, over one connection to Binance's WebSocket API.

Connections come and go: this keeps every followed account subscribed through lost ones,
planned changes (a new one is opened and filled before the old one is closed) and accounts
that come and leave. What the events mean is left to the listener.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Event, Lock

from chalicelib.adapters.binance.budget import Priority
from chalicelib.adapters.binance.errors import (
    NUMBERS_USED_UP,
    TIMESTAMP_OUTSIDE,
    Refusal,
    translate,
)
from chalicelib.adapters.binance.links import Backoff, Link, StreamEnvironment
from chalicelib.adapters.binance.subscriptions import (
    AccountFrame,
    Ended,
    Misplaced,
    NotSubscribed,
    ShutdownAnnounced,
    Subscribed,
    Subscriptions,
)
from chalicelib.domain.account import KeyPair
from chalicelib.domain.errors import (
    ExchangeError,
    ExchangeUnavailable,
    InvalidRequest,
    KeyRevoked,
    RateLimited,
)
from chalicelib.services.exchange_ports import StreamListener

_CONNECT_WEIGHT = 2
_REQUEST_WEIGHT = 2
_REQUESTS_AT_ONCE = 50
_FRAMES_AT_ONCE = 500
_NEXT_FRAME_S = 0.001
_READS_AT_THE_END = 20
_RESYNC_EVERY = timedelta(seconds=1)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Connection:
    """`refused` are not asked for on it; `asked` is for which wish each account was."""

    link: Link
    retire_at: datetime
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    refused: set[str] = field(default_factory=set)
    asked: dict[str, int] = field(default_factory=dict)

    def has(self, account_id: str, wish: "_Wish") -> bool:
        """Whether the account was asked for because of this wish."""
        return self.asked.get(account_id) == wish.number


@dataclass(frozen=True, slots=True)
class _Wish:
    """One call of `follow`: an account that was left and is followed again is another wish."""

    pair: KeyPair
    number: int


class BinanceUserStream:
    """A UserStream. `run` owns the connections; `follow`, `leave` and `close` may be called
    from any thread."""

    def __init__(
        self, address: str, environment: StreamEnvironment, listener: StreamListener
    ) -> None:
        """Nothing is opened before `run`."""
        self._address = address
        self._env = environment
        self._listener = listener
        self._lock = Lock()
        self._wanted: dict[str, _Wish] = {}
        self._wishes = count(1)
        self._closing = Event()
        self._main: _Connection | None = None
        self._next: _Connection | None = None
        self._next_try_at = environment.machine()
        self._next_full_at: datetime | None = None
        self._due: dict[str, datetime] = {}
        self._pauses: dict[str, Backoff] = {}
        self._connect_pauses = Backoff(environment.times, environment.chance)
        self._resynced_at: datetime | None = None

    def follow(self, account_id: str, pair: KeyPair) -> None:
        """Subscribe this account, now and after each reconnect; anew, if it was followed."""
        with self._lock:
            self._wanted[account_id] = _Wish(pair, next(self._wishes))

    def leave(self, account_id: str) -> None:
        """Unsubscribe it and forget its key."""
        with self._lock:
            self._wanted.pop(account_id, None)

    def close(self) -> None:
        """Make `run` return."""
        self._closing.set()

    def run(self) -> None:
        """Keep the stream going until `close`."""
        try:
            while not self._closing.is_set():
                self._closing.wait(self.turn())
            self._read_to_the_end()
        finally:
            self._lose_all()

    def turn(self) -> float:
        """Connect where there is no connection, ask, and read what comes for a moment; how many
        seconds to wait before the next turn."""
        self._main = self._main or self._connect()
        if self._main is not None:
            self._step(self._main)
        return self._connect_pauses.pause() if self._main is None else 0.0

    def _step(self, main: _Connection) -> None:
        now = self._env.machine()
        over = now >= main.retire_at or main.subscriptions.worn_out()
        if over and self._next is None and now >= self._next_try_at:
            self._next = self._connect()
            self._next_try_at = now + timedelta(seconds=self._connect_pauses.pause())
        for connection in (main, self._next):
            if connection is not None:
                try:
                    self._ask(connection)
                    self._read(connection)
                except ExchangeUnavailable as error:
                    self._lose(connection, str(error))
        if self._next is not None and self._main is not None:
            self._swap_when_full(self._main, self._next)

    def _connect(self) -> _Connection | None:
        times = self._env.times
        delay = self._env.budget.try_spend(_CONNECT_WEIGHT, Priority.STREAMS)
        if delay:
            return None
        try:
            link = self._env.open(self._address)
        except RateLimited as error:
            self._env.budget.pause(error.retry_at, banned=error.banned)
            _log.warning("stream_refused", extra={"reason": str(error)})
            return None
        except ExchangeUnavailable as error:
            _log.warning("stream_refused", extra={"reason": str(error)})
            return None
        life = times.least_life + self._env.chance() * (times.most_life - times.least_life)
        _log.info("stream_connected")
        return _Connection(link, link.opened_at + timedelta(seconds=life))

    def _ask(self, connection: _Connection) -> None:
        """Send the requests that are due, as far as the budget goes."""
        now = self._env.machine()
        known = connection.subscriptions
        if known.overdue(now, self._env.times.answer):
            raise ExchangeUnavailable("an answer did not come")
        with self._lock:
            wanted = dict(self._wanted)
        active, waiting = known.active(), known.waiting()
        current = {name for name in active & wanted.keys() if connection.has(name, wanted[name])}
        for account_id in sorted(active - current):
            if self._env.budget.try_spend(_REQUEST_WEIGHT, Priority.STREAMS):
                return
            frame = known.unsubscribe(account_id)
            if frame is not None:
                connection.link.send(frame)
        missing = [
            account_id
            for account_id in wanted.keys() - current - waiting - connection.refused
            if self._due.get(account_id, now) <= now
        ]
        for account_id in sorted(missing)[:_REQUESTS_AT_ONCE]:
            if self._env.budget.try_spend(_REQUEST_WEIGHT, Priority.STREAMS):
                return
            stamp = self._env.exchange_now()
            wish = wanted[account_id]
            connection.asked[account_id] = wish.number
            connection.link.send(known.subscribe(account_id, wish.pair, stamp, now))

    def _read(self, connection: _Connection) -> bool:
        """Take what has come; False when there may be more."""
        wait = self._env.times.look
        for _ in range(_FRAMES_AT_ONCE):
            frame = connection.link.receive(wait)
            if frame is None:
                return True
            self._take(connection, frame)
            wait = _NEXT_FRAME_S
        return False

    def _read_to_the_end(self) -> None:
        """Take what came before we were told to close; not for ever, since more may come."""
        for connection in (self._main, self._next):
            with suppress(ExchangeUnavailable):
                if connection is not None:
                    any(self._read(connection) for _ in range(_READS_AT_THE_END))

    def _take(self, connection: _Connection, frame: str) -> None:
        try:
            told = connection.subscriptions.read(frame)
        except InvalidRequest as error:
            _log.warning("unreadable_stream_frame", extra={"reason": str(error)})
            return
        if isinstance(told, AccountFrame):
            if self._wants(told.account_id):
                self._listener.frame(told.account_id, frame)
        elif isinstance(told, Subscribed):
            self._due.pop(told.account_id, None)
            self._pauses.pop(told.account_id, None)
            self._connect_pauses.reset()
            self._env.contact.answered(account=True)
            if self._is_current(connection, told.account_id):
                self._listener.subscribed(told.account_id)
        elif isinstance(told, NotSubscribed):
            self._refused(connection, told.account_id, told.refusal)
        elif isinstance(told, Misplaced):
            _log.warning("subscription_misplaced", extra={"account_id": told.account_id})
            connection.retire_at = self._env.machine()
            connection.refused.add(told.account_id)
        elif isinstance(told, Ended):
            _log.warning("subscription_ended", extra={"account_id": told.account_id})
            self._listener.gap([told.account_id])
        elif isinstance(told, ShutdownAnnounced):
            _log.info("server_shutdown_announced")
            connection.retire_at = self._env.machine()

    def _is_current(self, connection: _Connection, account_id: str) -> bool:
        """Whether it was asked for because of what is wanted now; else it is asked for anew."""
        with self._lock:
            wish = self._wanted.get(account_id)
        return wish is not None and connection.has(account_id, wish)

    def _wants(self, account_id: str) -> bool:
        with self._lock:
            return account_id in self._wanted

    def _refused(self, connection: _Connection, account_id: str, refusal: Refusal) -> None:
        now = self._env.machine()
        error = translate(refusal, "subscribe", now)
        self._env.contact.failed(error)
        extra = {"account_id": account_id, "reason": str(error)}
        if isinstance(error, KeyRevoked):
            if not self._is_current(connection, account_id):
                return  # of a key that it does not go on with
            _log.warning("key_refused", extra=extra)
            self.leave(account_id)
            self._listener.revoked(account_id, str(error))
            return
        _log.warning("subscription_refused", extra=extra)
        if isinstance(error, RateLimited):
            self._env.budget.pause(error.retry_at, banned=error.banned)
        elif refusal.code == TIMESTAMP_OUTSIDE:
            self._set_clock(now)
        elif refusal.code == NUMBERS_USED_UP:
            connection.retire_at = now
        elif connection is self._next:
            connection.refused.add(account_id)  # asked again once the old connection is gone
            return
        pauses = self._pauses.setdefault(account_id, Backoff(self._env.times, self._env.chance))
        self._due[account_id] = now + timedelta(seconds=pauses.pause())

    def _set_clock(self, now: datetime) -> None:
        if self._resynced_at is not None and now - self._resynced_at < _RESYNC_EVERY:
            return
        if self._env.budget.try_spend(0, Priority.STREAMS):
            return  # it would wait here for the budget while the server waits for our pongs
        self._resynced_at = now
        try:
            self._env.resync()
        except ExchangeError as error:
            _log.warning("clock_not_set", extra={"reason": str(error)})

    def _swap_when_full(self, old: _Connection, new: _Connection) -> None:
        with self._lock:
            wanted = set(self._wanted)
        now = self._env.machine()
        if not wanted <= new.subscriptions.active() | new.refused:
            self._next_full_at = None
            return
        self._next_full_at = self._next_full_at or now
        if now - self._next_full_at >= timedelta(seconds=self._env.times.overlap):
            _log.info("stream_changed", extra={"accounts": len(wanted)})
            self._lose(old, "a newer connection took over")

    def _lose(self, connection: _Connection, reason: str) -> None:
        connection.link.close()
        self._next_full_at = None
        if connection is self._next:
            self._next = None
            _log.warning("next_stream_lost", extra={"reason": reason})
            return
        self._main, self._next = self._next, None
        lost = connection.subscriptions.active()
        if self._main is not None:
            lost -= self._main.subscriptions.active()
            self._main.refused.clear()
        with self._lock:
            lost &= self._wanted.keys()
        _log.warning("stream_lost", extra={"reason": reason, "accounts_with_gap": len(lost)})
        if lost:
            self._listener.gap(sorted(lost))

    def _lose_all(self) -> None:
        """Close everything; it is a gap unless we were told to close."""
        active: set[str] = set()
        for connection in (self._main, self._next):
            if connection is not None:
                active |= connection.subscriptions.active()
                connection.link.close()
        self._main = self._next = None
        if active and not self._closing.is_set():
            self._listener.gap(sorted(active))
