"""Public answers of a guarded trader carry nothing finer than a row of his list shows.

The same trades at other instants of their hours, in another order, with other ids and in other
pieces leave every byte as it is: bodies, cursors, ETags, headers, and the files of the hours.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.account import TradesView, Visibility
from chalicelib.domain.ledger import Fill, Side
from chalicelib.domain.market import PriceList
from chalicelib.domain.windows import hour_of, hour_start
from chalicelib.services.publish_hour import HourFileStores, publish_hour
from tests.builders import asset_price, fill
from tests.played_league import PlayedLeague
from tests.read_side import Asker, asking

START = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = hour_of(START) + 1
HOURS = 26
PRICES = {"BTC": "60000", "ETH": "3000", "DOT": "5"}
TRADED = {"DOT": "50000000"}
PAIRS = ("BTC", "ETH")
LISTS = ("/board?limit=1", "/traders/Ann/trades?from=2026-03-01&to=2026-03-02")
ROUTES = (
    *("/board", "/board?window=7d", "/status", "/traders/Ann", "/traders/Ann/performance"),
    "/traders/Ann/performance?from=2026-03-01&to=2026-03-02",
    "/traders/Ann/card",
)
PICTURE = "/traders/Ann/card.png"
OF_OWNERS = ("/traders/Ann/trades", "/traders/Ann/performance", "/traders/Ann/transactions")


def listed(hour: int, *, wander: bool) -> PriceList:
    """The prices of a full hour."""
    at = hour_start(hour)
    moved = 1000 + (hour * 37) % 60 if wander else 1000
    return PriceList(
        at,
        {
            coin: asset_price(
                str(Decimal(price) * moved / 1000),
                traded_usdt=TRADED.get(coin, "1000000000"),
                quoted_at=at,
            )
            for coin, price in PRICES.items()
        },
    )


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade of an hour, and the second of it."""

    hour: int
    second: float
    coin: str
    side: Side
    quantity: Decimal = Decimal("0.002")

    def fills(self, number: int, pieces: int) -> list[Fill]:
        """Its fills: one instant, `pieces` of equal size."""
        at = hour_start(self.hour) + timedelta(seconds=self.second)
        part = self.quantity / pieces
        return [
            fill(
                base=self.coin,
                side=self.side,
                trade_id=number * 10 + piece,
                order_id=number,
                price=PRICES[self.coin],
                quantity=str(part),
                executed_at=at,
            )
            for piece in range(pieces)
        ]


def everything(trades: Sequence[Trade], *, pieces: int = 1, wander: bool = True) -> list[object]:
    """All that anyone can read, hour by hour: statuses, headers, bodies and files."""
    league = PlayedLeague()
    linked = START + timedelta(minutes=5)
    held = {"USDT": Decimal(20_000), "BTC": Decimal(1), "ETH": Decimal(5), "DOT": Decimal(900)}
    for number, name in enumerate(("Ann", "Bob")):
        league.join(number, name, held, linked_at=linked)
    league.list_prices(listed(FIRST - 1, wander=wander))
    stores, found = league.stores, []
    for hour in range(FIRST, FIRST + HOURS):
        for trade in sorted(trades, key=lambda each: (each.hour, each.second)):
            if trade.hour == hour - 1:
                for each in trade.fills(trades.index(trade) + 1, pieces):
                    league.record(0, each)
        league.list_prices(listed(hour, wander=wander))
        ranked = league.close(hour)
        assert ranked is not None
        files = HourFileStores(stores.history, stores.secrets, stores.chain, stores.files)
        publish_hour(ranked, files)
        with asking(stores, hour_start(hour) + timedelta(minutes=20)) as client:
            found += [answer(client, route) for route in ROUTES]
            found += [page for route in LISTS for page in pages(client, route)]
            if hour == FIRST + HOURS - 1:
                found.append(answer(client, PICTURE))
    return [*found, dict(stores.files.texts)]


def answer(client: Asker, path: str) -> tuple[int, dict[str, object], bytes]:
    """The whole of it."""
    response = client.get(path)
    return response.status_code, dict(response.headers), response.body


def pages(client: Asker, path: str) -> list[tuple[int, dict[str, object], bytes]]:
    """A list from its first page to its last."""
    found = [answer(client, path)]
    while cursor := json.loads(found[-1][2])["next_cursor"]:
        found.append(answer(client, f"{path}&cursor={cursor}"))
    return found


def many() -> list[Trade]:
    """More than fill a page: each hour a trade in each pair."""
    sides = (Side.BUY, Side.SELL)
    return [
        Trade(FIRST + hour, 600 + 60.0 * place, coin, sides[hour % 2])
        for hour in range(HOURS - 1)
        for place, coin in enumerate(PAIRS)
    ] + [Trade(FIRST + 3, 900.0, coin, Side.BUY, Decimal("0.003")) for coin in ("BTC",)]


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 2, 4]))
def test_when_within_the_hour_and_in_how_many_pieces_is_in_no_answer(
    seed: int, pieces: int
) -> None:
    dice = Random(seed)
    moved = [replace(each, second=dice.randrange(3_599_000) / 1000) for each in many()]
    dice.shuffle(moved)
    assert everything(moved, pieces=pieces) == everything(many())


@pytest.mark.parametrize("hour", [0, 9, 21])
def test_the_hour_of_a_row_that_shows_its_day_is_in_no_answer(hour: int) -> None:
    """Looked at every hour, so the moment in which the row appears does not tell it either."""
    one = [Trade(FIRST + 5, 60.0, "DOT", Side.SELL, Decimal(90))]
    other = [replace(one[0], hour=FIRST + hour)]
    assert everything(one, wander=False) == everything(other, wander=False)


def test_what_is_compared_has_pages_rows_of_days_and_ranks() -> None:
    trades = [*many(), Trade(FIRST + 5, 60.0, "DOT", Side.SELL, Decimal(90))]
    text = str(everything(trades))
    for words in ('"precision":"day"', '"precision":"hour"', '"rank":1', '"next_cursor":"'):
        assert words in text


def test_a_cursor_says_an_hour_a_day_and_a_count() -> None:
    league = everything(many())
    cursors = {
        content["next_cursor"]
        for page in league[:-1]
        if isinstance(page, tuple)
        and page[2].startswith(b"{")
        and "next_cursor" in (content := json.loads(page[2]))
    } - {None}
    assert cursors
    for cursor in cursors:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        assert set(content) in (
            {"v", "of", "sum", "hour", "day", "rows"},
            {"v", "of", "sum", "hour", "revision", "place"},
        )


@pytest.mark.parametrize("view", list(TradesView))
def test_files_are_for_the_trader_alone(view: TradesView) -> None:
    league = PlayedLeague()
    linked = START + timedelta(minutes=5)
    league.join(0, "Ann", {"USDT": Decimal(1000)}, linked_at=linked)
    league.show("Ann", Visibility(trades=view))
    league.list_prices(listed(FIRST, wander=False))
    league.close(FIRST)
    with asking(league.stores, hour_start(FIRST) + timedelta(minutes=20)) as client:
        for route in OF_OWNERS:
            assert client.get(f"{route}?format=csv").status_code == 403
