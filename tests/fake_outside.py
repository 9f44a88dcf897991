"""The outside world in memory: queues, the key vault, and a scripted exchange with its frames."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from chalicelib.domain.account import KeyPair, KeyPermissions
from chalicelib.domain.errors import DeliveryFailed, InvalidRequest, KeyRevoked, NotAllowed
from chalicelib.domain.ledger import BalanceChange, Checkpoint, Fill, order_of
from chalicelib.domain.market import Quote, Symbol
from chalicelib.domain.windows import hour_start
from chalicelib.services.exchange_ports import AccountReading, ExchangeState, FrameContent
from chalicelib.services.ports import RankTask, ShardTask, StreamItem

_Result = TypeVar("_Result")


class FakeTasks:
    """`sent` in order; with `refuse` set nothing is taken."""

    def __init__(self) -> None:
        self.sent: list[ShardTask | RankTask] = []
        self.refuse = False

    def send(self, tasks: Iterable[ShardTask | RankTask]) -> None:
        wanted = list(tasks)
        if self.refuse:
            raise DeliveryFailed(f"{len(wanted)} of {len(wanted)} tasks were refused")
        self.sent += wanted


class FakeEvents:
    """`sent` in order; with `refuse` set nothing is taken."""

    def __init__(self) -> None:
        self.sent: list[StreamItem] = []
        self.refuse = False

    def send(self, items: Sequence[StreamItem]) -> None:
        if self.refuse:
            raise DeliveryFailed(f"{len(items)} of {len(items)} events were refused")
        self.sent += items


class FakeKeyVault:
    """Ciphertexts are numbers; the pairs stay in memory."""

    def __init__(self) -> None:
        self._sealed: dict[bytes, tuple[KeyPair, tuple[str, str, str]]] = {}

    def seal(
        self,
        pair: KeyPair,
        account_id: str,
        trader_id: str,
        exchange: str,
        issued: bytes | None = None,
    ) -> bytes:
        ciphertext = f"sealed {len(self._sealed)}".encode()
        if issued is not None:
            secret = self.open(issued, account_id, trader_id, exchange).secret
            pair = replace(pair, secret=secret)
        self._sealed[ciphertext] = (pair, (account_id, trader_id, exchange))
        return ciphertext

    def open(self, ciphertext: bytes, account_id: str, trader_id: str, exchange: str) -> KeyPair:
        pair, bound_to = self._sealed.get(ciphertext, (None, None))
        if pair is None or bound_to != (account_id, trader_id, exchange):
            raise NotAllowed(f"the key of account {account_id} was sealed for another")
        return pair


class FakeExchange:
    """A scripted exchange: set what it shall answer; `calls` names what was asked.

    Answers about accounts are by API key; an unknown key is revoked. `fail(name, error)`
    makes the next call of that method raise.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.said = ExchangeState.OPEN
        self.listed: dict[str, Symbol] = {}
        self.quoted: dict[str, Quote] = {}
        self.closes: dict[tuple[str, datetime], Decimal] = {}
        self.readings: dict[str, AccountReading] = {}
        self.allowed: dict[str, KeyPermissions] = {}
        self.fills_of: defaultdict[str, list[Fill]] = defaultdict(list)
        self.movements_of: dict[str, defaultdict[str, list[BalanceChange]]] = {
            name: defaultdict(list) for name in ("deposits", "withdrawals", "converts")
        }
        self.hours_closed: dict[str, dict[int, Decimal]] = {}
        self.snapshots_of: defaultdict[str, list[Checkpoint]] = defaultdict(list)
        self.calls: list[str] = []
        self._failures: defaultdict[str, list[Exception]] = defaultdict(list)

    def fail(self, method: str, *errors: Exception) -> None:
        self._failures[method] += errors

    def state(self) -> ExchangeState:
        return self._answer("state", lambda: self.said)

    def time(self) -> datetime:
        return self._answer("time", lambda: self.now)

    def symbols(self) -> dict[str, Symbol]:
        return self._answer("symbols", lambda: dict(self.listed))

    def quotes(self) -> dict[str, Quote]:
        return self._answer("quotes", lambda: dict(self.quoted))

    def minute_close(self, symbol: str, minute: datetime) -> Decimal | None:
        return self._answer("minute_close", lambda: self.closes.get((symbol, minute)))

    def hour_closes(self, symbol: str, start: datetime, end: datetime) -> dict[int, Decimal]:
        known = self.hours_closed.get(symbol, {})
        found = {hour: close for hour, close in known.items() if start <= hour_start(hour) <= end}
        return self._answer(f"hour_closes {symbol}", lambda: found)

    def account(self, pair: KeyPair) -> AccountReading:
        return self._answer("account", lambda: _of_key(self.readings, pair))

    def permissions(self, pair: KeyPair) -> KeyPermissions:
        return self._answer("permissions", lambda: _of_key(self.allowed, pair))

    def fills(self, pair: KeyPair, symbol: Symbol, start: datetime) -> list[Fill]:
        found = [
            each
            for each in self.fills_of[pair.api_key]
            if each.symbol == symbol.name and each.executed_at >= start
        ]
        return self._answer("fills", lambda: sorted(found, key=order_of))

    def snapshots(self, pair: KeyPair, end: datetime) -> list[Checkpoint]:
        found = [each for each in self.snapshots_of[pair.api_key] if each.taken_at <= end]
        return self._answer("snapshots", lambda: found)

    def snapshots_kept(self) -> int:
        return 30

    def at_leisure(self) -> "FakeExchange":
        return self

    def histories(self) -> Sequence[str]:
        return tuple(self.movements_of)

    def movements(
        self, pair: KeyPair, history: str, start: datetime, end: datetime
    ) -> list[BalanceChange]:
        told = self.movements_of[history][pair.api_key]
        found = [each for each in told if start <= each.changed_at < end]
        return self._answer(f"movements {history}", lambda: sorted(found, key=order_of))

    def _answer(self, method: str, answer: Callable[[], _Result]) -> _Result:
        self.calls.append(method)
        if self._failures[method]:
            raise self._failures[method].pop(0)
        return answer()


def _of_key(answers: Mapping[str, _Result], pair: KeyPair) -> _Result:
    if pair.api_key not in answers:
        raise KeyRevoked("the exchange does not know this key")
    return answers[pair.api_key]


class FakeFrameParser:
    """Reads the frames it was told of, in `contents`."""

    def __init__(self, contents: Mapping[str, FrameContent]) -> None:
        self.contents = dict(contents)

    def parse(self, frame: str, sequence: int) -> FrameContent:
        if frame not in self.contents:
            raise InvalidRequest(f"not a frame: {frame[:80]!r}")
        return self.contents[frame]
