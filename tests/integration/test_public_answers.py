"""What all public answers have in common: their size, and that they tell no amounts."""

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.account import TradesView, Visibility
from chalicelib.domain.block import Kind
from chalicelib.domain.ledger import Side
from chalicelib.domain.profile import public_view
from chalicelib.services.ports import League
from tests.builders import at, balance_change, fill
from tests.read_side import HOUR, ReadSide

ROUTES = (
    "/board",
    "/status",
    "/traders/Guarded",
    "/traders/Guarded/performance",
    "/traders/Guarded/trades",
    "/traders/Exact/trades",
)
PRICES = {"BTC": "60000.5", "ETH": "3000.1", "SOL": "151.07", "ADA": "0.3331"}
WORDS = [
    "brave",
    "calm",
    "eager",
    "fuzzy",
    "jolly",
    "lucky",
    "quiet",
    "rapid",
    "shiny",
    "witty",
    "otter",
    "heron",
    "lynx",
    "fox",
]


def packed(body: bytes) -> int:
    """Bytes after gzip."""
    return len(gzip.compress(body, 9))


def walk(source: random.Random, width: int) -> Callable[[int], int]:
    """A trend of `width` points between 0 and 100 that moves like a market."""
    levels = [0.0]
    for _ in range(width):
        levels.append(levels[-1] + source.gauss(0, 1))
    low, high = min(levels), max(levels)
    return lambda step: round((levels[step] - low) / (high - low) * 100)


def crowded(seed: int) -> ReadSide:
    """A league of 50 traders with numbers of all sizes."""
    source = random.Random(seed)
    league = ReadSide()
    for number in range(50):
        name = f"{source.choice(WORDS)}-{source.choice(WORDS)}{source.randrange(100)}-{number}"
        shown = {window: round(source.gauss(0, 2000)) for window in ("24h", "7d", "30d")}
        league.join(name, shown=shown, drawdown=abs(round(source.gauss(0, 1500))))
        for kind, key, column, width in (
            (Kind.SCORES, HOUR, "trend_24h", 24),
            (Kind.SLOW, 0, "trend_7d", 28),
            (Kind.SLOW, 0, "trend_30d", 30),
        ):
            block, point = league.block(number, kind, key), walk(source, width)
            for step in range(width):
                block.columns[column][number * width + step] = point(step)
            league.fakes.history.put_blocks({(0, kind, key): block})
    league.publish(source.sample(range(50), 50))
    return league


@pytest.mark.parametrize("window", ["24h", "7d", "30d"])
def test_a_board_page_of_50_is_at_most_6_kilobytes(window: str) -> None:
    response = crowded(1).get(f"/board?window={window}")
    assert len(response.json_body["traders"]) == 50
    assert packed(response.body) <= 6_000


def test_a_profile_with_its_week_is_at_most_3_kilobytes() -> None:
    league = crowded(2)
    league.join("Guarded")
    coins = {f"COIN{n}": Decimal(n) for n in range(1, 25)}
    listed = league.prices(HOUR, **{coin: f"{n + 1}.{n:02d}" for n, coin in enumerate(coins)})
    view = public_view(
        coins, listed, listed, {coin: Decimal(n + 2) for n, coin in enumerate(coins)}
    )
    league.note(50, Kind.SLOW, 0, view={"50": view})
    for back in range(1, 8):
        league.day(50, league.today - back, index=1 + back / 7, btc=f"{60000 + back * 1234}")
    bodies = league.get("/traders/Guarded"), league.get("/traders/Guarded/performance")
    assert len(bodies[0].json_body["allocation"]) > 15
    assert sum(packed(response.body) for response in bodies) <= 3_000


def traded(scale: Decimal, spent: list[Decimal], held: dict[str, Decimal]) -> ReadSide:
    """Two traders with the same history, all of whose amounts are multiplied by `scale`."""
    league = ReadSide()
    value = sum(held.values(), Decimal(1000)) * scale
    league.join("Guarded", value=float(value))
    league.join("Exact", value=float(value), visibility=Visibility(trades=TradesView.EXACT))
    league.publish([0, 1])
    for step in range(4):
        listed = league.prices(HOUR - step, **PRICES)
    holdings = {asset: quantity * scale for asset, quantity in held.items()}
    for seat in (0, 1):
        for step in range(1, 5):
            league.write(seat, Kind.HOUR, HOUR - step, value=float(value))
        for n, each in enumerate(spent):
            bought = fill(trade_id=n, executed_at=at(minutes=-37 * n - 1), quantity="1")
            side = Side.SELL if n % 3 else Side.BUY
            amount = each * scale
            entry = replace(bought, quantity=amount, quote_quantity=amount, side=side)
            league.fakes.ledger.add(f"A{seat}", [entry])
        deposit = balance_change(changed_at=at(minutes=-50))
        scaled = replace(deposit, quantity=deposit.quantity * scale)
        league.fakes.ledger.add(f"A{seat}", [scaled])
    view = public_view(holdings, listed, listed, {"BTC": Decimal(61000)})
    league.note(0, Kind.SLOW, 0, view={"0": view, "1": view})
    return league


@settings(max_examples=25, deadline=None)
@given(
    scale=st.decimals("0.1", "1000", places=3),
    spent=st.lists(st.decimals("0.01", "5000", places=2), min_size=1, max_size=6),
    held=st.dictionaries(st.sampled_from([*PRICES, "USDT"]), st.decimals("0", "9999", places=4)),
)
def test_multiplying_all_amounts_leaves_every_answer_as_it_is(
    scale: Decimal, spent: list[Decimal], held: dict[str, Decimal]
) -> None:
    one, other = traded(Decimal(1), spent, held), traded(scale, spent, held)
    with one.client() as client:
        bodies = [client.get(route).body for route in ROUTES]
    with other.client() as client:
        assert [client.get(route).body for route in ROUTES] == bodies


def test_no_answer_tells_an_amount_an_account_or_an_id() -> None:
    league = traded(Decimal("7.7"), [Decimal("1234.56")], {"BTC": Decimal("3.21")})
    with league.client() as client:
        text = b" ".join(client.get(route).body for route in ROUTES).decode()
    for secret in ("1234.56", "9506.1", "3.21", "24.71", "A0", "T0", "trade_id", "seat"):
        assert secret not in text


def test_the_league_summary_is_the_boards() -> None:
    league = ReadSide()
    league.join()
    league.publish([0])
    for window in ("24h", "7d", "30d"):
        head = league.fakes.boards.current(window)
        assert head is not None
        summary = League(joined=9, active=7, retired=2, ranked=5, median=-150)
        league.fakes.boards.publish(window, replace(head, league=summary))
    league.now += timedelta(minutes=1)
    assert league.get("/board").json_body["league"] == {
        "joined": 9,
        "active": 7,
        "retired": 2,
        "ranked": 5,
        "median_pct": "-1.50",
    }
