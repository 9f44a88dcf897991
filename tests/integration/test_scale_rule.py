"""The scale rule through the whole league: events, marks, ranks, and every public answer.

Multiplying every amount of a trader by one number changes no byte of what others see.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.account import TradesView, Visibility
from chalicelib.domain.ledger import (
    BalanceChange,
    LedgerEntry,
    Side,
    Source,
)
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import hour_of, hour_start
from tests.builders import (
    asset_price,
    balance_change,
    fill,
)
from tests.played_league import PlayedLeague
from tests.read_side import asking

START = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = hour_of(START) + 1
HOURS = 30
LINKED = START + timedelta(minutes=5)
NAMES = ("Guarded", "Exact", "Steady")
ROUTES = (
    "/board?window=24h",
    "/board?window=7d",
    "/status",
    *(f"/traders/{name}{rest}" for name in NAMES for rest in ("", "/performance", "/trades")),
)
COINS = ("BTC", "ETH", "DOT", "ANT")  # two liquid, a middle, a thin one
TRADED = {"DOT": "50000000", "ANT": "1000000"}
START_PRICES = {"BTC": 60000, "ETH": 3000, "DOT": 5, "ANT": 2}


@dataclass(frozen=True)
class Move:
    """Something a trader does: `part` (%) of what he has, in a coin, at a minute of an hour."""

    hour: int
    minute: int
    coin: str
    kind: str
    part: int


moves = st.lists(
    st.builds(
        Move,
        st.integers(1, HOURS - 2),
        st.integers(0, 59),
        st.sampled_from(COINS),
        st.sampled_from(["buy", "buy", "sell", "deposit", "withdraw"]),
        st.integers(1, 60),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda move: (move.hour, move.minute),
)


def listed(at: datetime) -> PriceList:
    """Prices that wander by the minute."""
    minutes = int((at - START) / timedelta(minutes=1))
    assets = {
        coin: asset_price(
            str(Decimal(price) * (1000 + (minutes * (7 + n)) % (90 + n)) / 1000),
            traded_usdt=TRADED.get(coin, "1000000000"),
            quoted_at=at,
        )
        for n, (coin, price) in enumerate(START_PRICES.items())
    }
    return PriceList(at, assets)


class League(PlayedLeague):
    """Three traders who start alike; two do the same, the third does nothing."""

    def __init__(self, moves: list[Move], scale: Decimal) -> None:
        super().__init__()
        for number, name in enumerate(NAMES):
            size = Decimal(1) if name == "Steady" else scale
            view = TradesView.EXACT if name == "Exact" else TradesView.GUARDED
            self.join(
                number,
                name,
                {"USDT": 10_000 * size, "BTC": Decimal("0.5") * size},
                linked_at=LINKED,
                visibility=Visibility(trades=view),
            )
        for hour in range(FIRST - 1, FIRST + HOURS):
            self.list_prices(listed(hour_start(hour)))
        for number in (0, 1):
            self.live(number, sorted(moves, key=lambda move: (move.hour, move.minute)), scale)
        for hour in range(FIRST, FIRST + HOURS):
            self.close(hour)

    def live(self, number: int, moves: list[Move], scale: Decimal) -> None:
        """Write the entries and holdings that these moves make, as recording does."""
        held = {"USDT": Decimal(10_000), "BTC": Decimal("0.5")}
        for n, move in enumerate(moves):
            at = START + timedelta(hours=move.hour, minutes=move.minute)
            self.stores.prices.put_minute(listed(at))
            entry = _entry(n, move, at, held, scale)
            if entry is not None:
                for asset, change in entry.changes().items():
                    held[asset] = held.get(asset, Decimal(0)) + change / scale
                self.record(number, entry)

    def answers(self) -> list[bytes]:
        """Every public answer after the last hour."""
        now = hour_start(FIRST + HOURS - 1) + timedelta(minutes=20)
        with asking(self.stores, now) as client:
            responses = [client.get(route) for route in ROUTES]
        assert [response.status_code for response in responses] == [200] * len(ROUTES)
        return [response.body for response in responses]


def _entry(
    n: int, move: Move, at: datetime, held: dict[str, Decimal], scale: Decimal
) -> LedgerEntry | None:
    """What the move is at `scale`; None when he has nothing to do it with."""
    of = "USDT" if move.kind in ("buy", "deposit") else move.coin
    amount = (held.get(of, Decimal(0)) * move.part / 100).quantize(Decimal("0.00001"))
    if amount <= 0:
        return None
    if move.kind in ("deposit", "withdraw"):
        signed = amount if move.kind == "deposit" else -amount
        made = balance_change(asset=of, changed_at=at, change_id=str(n), source=Source.FRAME)
        return _with(made, quantity=signed * scale)
    price = listed(at).usdt(move.coin)
    base = amount if move.kind == "sell" else (amount / price).quantize(Decimal("0.00001"))
    made_fill = fill(
        base=move.coin,
        side=Side.SELL if move.kind == "sell" else Side.BUY,
        trade_id=n + 1,
        order_id=n + 1,
        executed_at=at,
        price=str(price),
        quantity=str(base * scale),
        quote_quantity=str(base * price * scale),
    )
    return made_fill if base else None


def _with(change: BalanceChange, *, quantity: Decimal) -> BalanceChange:
    return BalanceChange(
        change.kind, change.asset, quantity, change.changed_at, change.change_id, change.source
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves, st.decimals("0.1", "1000", places=3))
def test_multiplying_all_amounts_changes_no_public_answer(
    moves: list[Move], scale: Decimal
) -> None:
    assert League(moves, Decimal(1)).answers() == League(moves, scale).answers()


@pytest.fixture(scope="module")
def answers() -> str:
    """All answers of a league in which things happen, as text."""
    moves = [
        Move(2, 10, "ETH", "buy", 30),
        Move(5, 0, "BTC", "sell", 50),
        Move(9, 30, "DOT", "buy", 10),
        Move(12, 1, "USDT", "deposit", 20),
        Move(20, 7, "ANT", "buy", 5),
    ]
    return b"\n".join(League(moves, Decimal("7.7")).answers()).decode()


@pytest.mark.parametrize(
    "words",
    ['"rank":1', '"pair":"ETH/USDT"', '"precision":"day"', '"other coins"', '"status":"active"'],
)
def test_the_league_that_is_compared_is_not_an_empty_one(answers: str, words: str) -> None:
    assert words in answers
