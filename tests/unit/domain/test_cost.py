"""Average cost and the last buy, from the ledger."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.cost import changes_of, cost_of, held_by_coin, last_buy, lot_of
from chalicelib.domain.ledger import ChangeKind, LedgerEntry, Side
from tests.builders import at, balance_change, fill

PRICES = {"USDT": "1", "ETH": "3000", "BTC": "60000"}


def price_at(asset: str, _: datetime) -> Decimal | None:
    """The same at all times; nothing is known of other coins."""
    return Decimal(PRICES[asset]) if asset in PRICES else None


def coin_of(asset: str) -> str:
    return asset.removeprefix("LD")


def cost(coin: str, held: str, entries: list[LedgerEntry]) -> Decimal | None:
    return cost_of(coin, lot_of(Decimal(held), changes_of(coin, entries, coin_of)), price_at)


def bought(quantity: str, price: str, minutes: int, **more: object) -> LedgerEntry:
    return fill(quantity=quantity, price=price, executed_at=at(minutes=minutes), **more)  # type: ignore[arg-type]


def sold(quantity: str, price: str, minutes: int, **more: object) -> LedgerEntry:
    return bought(quantity, price, minutes, side=Side.SELL, **more)


class TestAverageCost:
    def test_what_leaves_takes_its_share_with_it(self) -> None:
        entries = [bought("2", "100", 1), sold("1", "500", 2), bought("1", "200", 3)]
        assert cost("BTC", "2", entries) == 150

    def test_it_begins_where_nothing_was_held(self) -> None:
        entries = [bought("1", "7", 1), sold("1", "9", 2), bought("1", "200", 3)]
        assert cost("BTC", "1", entries) == 200

    def test_a_deposit_counts_at_its_price_then(self) -> None:
        deposit = balance_change(asset="BTC", quantity="1", changed_at=at(minutes=1))
        assert cost("BTC", "2", [deposit, bought("1", "40000", 2)]) == 50000

    def test_lending_a_coin_changes_nothing(self) -> None:
        moves = [
            balance_change(
                kind=ChangeKind.EARN_MOVE,
                asset=asset,
                quantity=quantity,
                changed_at=at(minutes=2),
                change_id=asset,
            )
            for asset, quantity in (("BTC", "-1"), ("LDBTC", "1"))
        ]
        assert cost("BTC", "1", [bought("1", "100", 1), *moves]) == 100

    def test_a_coin_bought_with_a_coin_is_valued_by_that_coins_price(self) -> None:
        pair = bought("2", "0.05", 1, base="XYZ", quote="BTC")
        assert cost("XYZ", "2", [pair]) == 3000

    @pytest.mark.parametrize("held", ["2", "1.5"])
    def test_it_is_unknown_where_the_ledger_does_not_reach_back(self, held: str) -> None:
        assert cost("BTC", held, [bought("1", "100", 1)]) is None

    def test_it_is_unknown_without_the_price_of_the_moment(self) -> None:
        deposit = balance_change(asset="XYZ", quantity="1")
        assert cost("XYZ", "1", [deposit]) is None

    @settings(max_examples=50)
    @given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 900)), min_size=1, max_size=8))
    def test_it_lies_between_the_least_and_the_most_paid(self, buys: list[tuple[int, int]]) -> None:
        entries = [bought(str(q), str(p), n, trade_id=n) for n, (q, p) in enumerate(buys)]
        found = cost("BTC", str(sum(q for q, _ in buys)), entries)
        assert found is not None
        prices = [price for _, price in buys]
        assert min(prices) <= round(found, 20) <= max(prices)


class TestLastBuy:
    def last(self, coin: str, *entries: LedgerEntry) -> tuple[Decimal | None, datetime] | None:
        found = last_buy(coin, changes_of(coin, list(entries), coin_of), price_at)
        return None if found is None else (found.price, found.bought_at)

    def test_it_is_over_all_fills_of_the_order(self) -> None:
        first = bought("1", "100", 1, order_id=5)
        second = bought("3", "200", 2, order_id=5, trade_id=2)
        assert self.last("BTC", bought("1", "1", 0), first, second) == (Decimal(175), at(minutes=2))

    def test_selling_a_coin_buys_the_other_one(self) -> None:
        swap = sold("2", "0.04", 1, base="ETH", quote="BTC")
        assert self.last("BTC", swap) == (Decimal(75000), at(minutes=1))

    def test_a_convert_counts_at_the_price_then(self) -> None:
        convert = balance_change(
            kind=ChangeKind.CONVERT, asset="ETH", quantity="2", changed_at=at(minutes=3)
        )
        assert self.last("ETH", bought("1", "1", 1, base="ETH"), convert) == (
            Decimal(3000),
            at(minutes=3),
        )

    @pytest.mark.parametrize(
        "kind", [ChangeKind.DEPOSIT, ChangeKind.TRANSFER, ChangeKind.DUST, ChangeKind.LINK]
    )
    def test_what_was_not_bought_does_not_count(self, kind: ChangeKind) -> None:
        assert self.last("BTC", balance_change(kind=kind, asset="BTC")) is None

    def test_its_price_is_unknown_where_the_other_coins_is(self) -> None:
        swap = bought("1", "2", 1, base="BTC", quote="XYZ")
        assert self.last("BTC", swap) == (None, at(minutes=1))


def test_claims_and_coins_are_held_together() -> None:
    held = {"BTC": Decimal(1), "LDBTC": Decimal(2), "ETH": Decimal(0)}
    assert held_by_coin(held, coin_of) == {"BTC": 3}
