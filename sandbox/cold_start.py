"""How long a cold start takes: every account subscribed, then its books compared, by weight alone.

`python -m sandbox.cold_start 1000 10000 18000` prints a table. The league's own stream, signing
and budget speak to a sandbox exchange in this process; the machine's clock, which both share,
stands still but for the budget, which moves it to the next minute instead of waiting. So what is
measured is the weight, not this machine; the exchange counts it too, and refuses what is too much.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock, Thread, get_ident

from chalicelib.adapters.binance.budget import Priority, WeightBudget
from chalicelib.adapters.binance.links import LinkTimes, StreamEnvironment
from chalicelib.adapters.binance.user_stream import BinanceUserStream
from chalicelib.domain.account import ACCOUNTS_PER_SLOT, KeyPair
from sandbox.exchange.exchange import Exchange
from sandbox.exchange.running import RunningExchange, running_exchange

BOOKS_WEIGHT = 20
_START = datetime(2026, 9, 23, 12, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_FOR_EVER_S = 10**9
_TIMES = LinkTimes(
    silence=_FOR_EVER_S,
    answer=_FOR_EVER_S,
    least_life=_FOR_EVER_S,
    most_life=_FOR_EVER_S,
    first_pause=0.01,
    longest_pause=0.02,
    look=0.01,
)
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Of so many accounts: minutes until all stream and until all books are compared, and the
    weight of the fullest minute beside what we allow ourselves."""

    accounts: int
    connections: int
    minutes_to_stream: int
    minutes_to_compare: int
    fullest_minute: int
    share: int


class SteppedClock:
    """The machine's time, standing still until told."""

    def __init__(self) -> None:
        """At the start of a minute."""
        self._now = _START

    def __call__(self) -> datetime:
        """The time."""
        return self._now

    def milliseconds(self) -> int:
        """The same, as the sandbox exchange takes it."""
        return round(self._now.timestamp() * 1000)

    def to_next_minute(self, seconds: float) -> None:
        """What a wait of so many seconds, to the end of the minute, comes to."""
        self._now = (self._now + timedelta(seconds=seconds)).replace(second=0, microsecond=0)

    def minutes(self) -> int:
        """Minutes begun since the start."""
        return (self._now - _START) // _MINUTE + 1


class Arrivals:
    """A StreamListener that counts who is subscribed."""

    def __init__(self) -> None:
        """Nobody is yet."""
        self._changed = Condition()
        self._here: set[str] = set()

    def count(self) -> int:
        """How many are."""
        with self._changed:
            return len(self._here)

    def frame(self, account_id: str, frame: str) -> None:
        """Nothing happens to these accounts."""

    def subscribed(self, account_id: str) -> None:
        """One more."""
        with self._changed:
            self._here.add(account_id)
            self._changed.notify_all()

    def gap(self, account_ids: Sequence[str]) -> None:
        """Raises RuntimeError: no connection is lost here."""
        raise RuntimeError(f"{len(account_ids)} accounts lost their connection")

    def revoked(self, account_id: str, reason: str) -> None:
        """Raises RuntimeError: these keys are good."""
        raise RuntimeError(f"{account_id}: {reason}")

    def wait_for(self, accounts: int) -> None:
        """Return once so many are here. Raises TimeoutError naming how many there are."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._here) == accounts, _PATIENCE_S):
                raise TimeoutError(f"{len(self._here)} of {accounts} accounts were subscribed")


class SteppingBudget(WeightBudget):
    """A budget that turns the clock on where it says to wait, and counts each minute.

    As in real minutes, what was asked in one is answered in it: the clock moves once no
    subscription is on its way.
    """

    def __init__(self, clock: SteppedClock, arrivals: Arrivals) -> None:
        """`clock` is moved by this budget alone."""
        super().__init__(clock, lambda seconds: None)
        self.clock = clock
        self._arrivals = arrivals
        self._one_at_a_time = Lock()
        self._connected: set[int] = set()
        self._asked = 0
        self.by_minute: Counter[int] = Counter()

    def try_spend(self, weight: int, priority: Priority) -> float:
        """As the real one's; the minute it says to wait for may have come when it returns."""
        with self._one_at_a_time:
            seconds = super().try_spend(weight, priority)
            if not seconds:
                self.by_minute[self.clock.minutes()] += weight
                self._count_subscription(priority)
            elif self._asked == self._arrivals.count():
                self.clock.to_next_minute(seconds)
            return seconds

    def _count_subscription(self, priority: Priority) -> None:
        """The first that a stream's thread asks for is its connection."""
        if priority is Priority.STREAMS:
            self._asked += get_ident() in self._connected
            self._connected.add(get_ident())


def measure(accounts: int) -> ColdStart:
    """The figures of a cold start of one process with so many accounts."""
    clock = SteppedClock()
    arrivals = Arrivals()
    budget = SteppingBudget(clock, arrivals)
    start_ms = clock.milliseconds()
    with running_exchange(machine=clock.milliseconds, start=start_ms) as running:
        pairs = _open_accounts(running, accounts)
        with _streaming(running, pairs, budget, arrivals) as connections:
            minutes_to_stream = clock.minutes()
        for _ in range(accounts):
            budget.spend(BOOKS_WEIGHT, Priority.RECONCILE)
    return ColdStart(
        accounts=accounts,
        connections=connections,
        minutes_to_stream=minutes_to_stream,
        minutes_to_compare=clock.minutes(),
        fullest_minute=max(budget.by_minute.values()),
        share=budget.share_with(1),
    )


def _open_accounts(running: RunningExchange, accounts: int) -> list[KeyPair]:
    def open_all(exchange: Exchange) -> list[KeyPair]:
        now = exchange.now()
        opened = [exchange.accounts.open({}, at=now) for _ in range(accounts)]
        keys = [exchange.accounts.add_key(each.uid, at=now) for each in opened]
        return [KeyPair(key.key, key.secret) for key in keys]

    return running.call(open_all)


@contextmanager
def _streaming(
    running: RunningExchange, pairs: Sequence[KeyPair], budget: SteppingBudget, arrivals: Arrivals
) -> Iterator[int]:
    """How many connections stream all these accounts, once they do."""
    environment = StreamEnvironment(
        budget=budget,
        exchange_now=lambda: _START,
        resync=lambda: None,
        machine=budget.clock,
        times=_TIMES,
    )
    starts = range(0, len(pairs), ACCOUNTS_PER_SLOT)
    streams = [BinanceUserStream(running.ws_api_url, environment, arrivals) for _ in starts]
    for number, pair in enumerate(pairs):
        streams[number // ACCOUNTS_PER_SLOT].follow(f"account {number}", pair)
    threads = [Thread(target=stream.run, daemon=True) for stream in streams]
    for thread in threads:
        thread.start()
    try:
        arrivals.wait_for(len(pairs))
        yield len(streams)
    finally:
        for stream in streams:
            stream.close()
        for thread in threads:
            thread.join(_PATIENCE_S)


def table(rows: Sequence[ColdStart]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| Accounts | Connections | All stream after | All books compared after | Fullest minute |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.accounts:,} | {row.connections} | {row.minutes_to_stream} min |"
        f" {row.minutes_to_compare} min | {row.fullest_minute:,} of {row.share:,} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table([measure(int(text)) for text in sys.argv[1:] or ("1000", "10000", "18000")]))
