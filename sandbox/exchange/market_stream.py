"""Market streams: tickers and candles once a second, and only of pairs whose price changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal

from sandbox.exchange.events import Event, eight_decimals
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.intervals import INTERVALS
from sandbox.exchange.market import DayStats
from sandbox.exchange.rest import to_json

ALL_MINI = "!miniTicker@arr"
SHUTDOWN = "!serverShutdown"
MESSAGES_A_SECOND = 5
MOST_STREAMS = 1_024
SECOND_MS = 1_000


class MarketSession:
    """One connection: the streams it wants. `combined` wraps each payload with its name."""

    def __init__(
        self,
        *,
        streams: Iterable[str],
        combined: bool,
        send: Callable[[str], None],
        machine: Callable[[], int],
    ) -> None:
        self.streams = dict.fromkeys(name for name in streams if name)
        self._combined = combined
        self._send = send
        self._machine = machine
        self._second = 0
        self._messages = 0

    def receive(self, text: str) -> bool:
        """Answer a control frame; False when the client sent too many and is to be cut."""
        if not self.count_message():
            return False
        self._send(to_json(self._answer(text)))
        return True

    def count_message(self) -> bool:
        """Count a frame of any kind; False from the sixth in a second on."""
        second = self._machine() // SECOND_MS
        if second != self._second:
            self._second, self._messages = second, 0
        self._messages += 1
        return self._messages <= MESSAGES_A_SECOND

    def offer(self, stream: str, payload: object) -> None:
        if self._combined:
            self._send(to_json({"stream": stream, "data": payload}))
        else:
            self._send(to_json(payload))

    def notify(self, event: Event) -> None:
        """A notice about the connection itself."""
        self.offer(SHUTDOWN, event)

    def _answer(self, text: str) -> dict[str, object]:
        try:
            frame = json.loads(text)
            request_id, method = frame.get("id"), frame.get("method")
            names = [str(name) for name in frame.get("params") or []]
        except (ValueError, AttributeError, TypeError):
            return {"error": {"code": 3, "msg": "Invalid JSON: expected value"}}
        if method == "LIST_SUBSCRIPTIONS":
            return {"result": list(self.streams), "id": request_id}
        if method == "SUBSCRIBE" and len(self.streams) + len(names) <= MOST_STREAMS:
            self.streams.update(dict.fromkeys(names))
        elif method == "UNSUBSCRIBE":
            for name in names:
                self.streams.pop(name, None)
        else:
            return {"error": {"code": 2, "msg": "Invalid request"}, "id": request_id}
        return {"result": None, "id": request_id}


class MarketFeed:
    """Looks at the prices once a tick and tells every session what changed for it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._sessions: dict[MarketSession, None] = {}
        self._last: dict[str, Decimal] = {}

    def join(self, session: MarketSession) -> None:
        if not self._sessions:
            self._last = self._exchange.market.prices(self._exchange.now())
        self._sessions[session] = None

    def leave(self, session: MarketSession) -> None:
        self._sessions.pop(session, None)

    def tick(self) -> None:
        """Send what changed since the last tick; nothing while nobody listens."""
        if not self._sessions:
            return
        now = self._exchange.now()
        prices = self._exchange.market.prices(now)
        changed = [name for name, price in prices.items() if self._last.get(name) != price]
        self._last = prices
        if not changed:
            return
        wanted = {name for session in self._sessions for name in session.streams}
        for stream, payload in self._payloads(wanted, changed, now):
            for session in list(self._sessions):
                if stream in session.streams:
                    session.offer(stream, payload)

    def _payloads(
        self, wanted: set[str], changed: list[str], now: int
    ) -> Iterable[tuple[str, object]]:
        market = self._exchange.market
        if ALL_MINI in wanted:
            yield ALL_MINI, [_mini_ticker(market.day(name, now), now) for name in changed]
        for name in changed:
            prefix = f"{name.lower()}@"
            for stream in sorted(each for each in wanted if each.startswith(prefix)):
                payload = self._payload(name, stream.removeprefix(prefix), now)
                if payload is not None:
                    yield stream, payload

    def _payload(self, symbol: str, kind: str, now: int) -> Event | None:
        market = self._exchange.market
        if kind == "miniTicker":
            return _mini_ticker(market.day(symbol, now), now)
        if kind == "ticker":
            return _ticker(market.day(symbol, now), now)
        interval = kind.removeprefix("kline_")
        if interval == kind or interval not in INTERVALS:
            return None
        return self._candle(symbol, interval, now)

    def _candle(self, symbol: str, interval: str, now: int) -> Event:
        found = self._exchange.market.candles(
            symbol, interval, start=None, end=None, limit=1, now=now
        )[-1]
        candle = {
            "t": found.open_time,
            "T": found.close_time,
            "s": symbol,
            "i": interval,
            "f": -1,
            "L": -1,
            "o": eight_decimals(found.open),
            "c": eight_decimals(found.close),
            "h": eight_decimals(found.high),
            "l": eight_decimals(found.low),
            "v": eight_decimals(found.volume),
            "n": found.trades,
            "x": found.close_time < now,
            "q": eight_decimals(found.quote_volume),
            "V": eight_decimals(found.taker_base),
            "Q": eight_decimals(found.taker_quote),
            "B": "0",
        }
        return {"e": "kline", "E": now, "s": symbol, "k": candle}


def _mini_ticker(day: DayStats, now: int) -> Event:
    return {
        "e": "24hrMiniTicker",
        "E": now,
        "s": day.symbol,
        "c": eight_decimals(day.last),
        "o": eight_decimals(day.open),
        "h": eight_decimals(day.high),
        "l": eight_decimals(day.low),
        "v": eight_decimals(day.volume),
        "q": eight_decimals(day.quote_volume),
    }


def _ticker(day: DayStats, now: int) -> Event:
    change = day.last - day.open
    average = day.quote_volume / day.volume if day.volume else day.last
    return _mini_ticker(day, now) | {
        "e": "24hrTicker",
        "p": eight_decimals(change),
        "P": f"{change / day.open * 100:.3f}",
        "w": eight_decimals(average),
        "x": eight_decimals(day.open),
        "Q": "0.00000000",
        "b": eight_decimals(day.last),
        "B": "0.00000000",
        "a": eight_decimals(day.last),
        "A": "0.00000000",
        "O": day.open_time,
        "C": day.close_time,
        "F": day.first_id,
        "L": day.last_id,
        "n": day.count,
    }
